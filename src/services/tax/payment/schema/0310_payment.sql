-- Orders of a taxpayer. state: see state.c. valid_until: the bank must not debit later, because the late fee would be
-- another one.
CREATE TABLE payment_order (
  taxpayer_id BIGINT NOT NULL,
  payment_id BIGINT NOT NULL,
  voucher TEXT NOT NULL CHECK (length(voucher) = 18),
  channel TEXT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  state TEXT NOT NULL CHECK (state IN ('created', 'sent', 'paid', 'failed', 'expired')),
  reason TEXT,
  ordered_by BIGINT NOT NULL,
  ordered_at BIGINT NOT NULL,
  valid_until BIGINT NOT NULL,
  sent_at BIGINT,
  settled_at BIGINT,
  tries INTEGER NOT NULL,
  order_receipt BIGINT NOT NULL,
  settlement_receipt BIGINT,
  PRIMARY KEY (taxpayer_id, payment_id)
);
CREATE TABLE payment_item (
  taxpayer_id BIGINT NOT NULL,
  payment_id BIGINT NOT NULL,
  line INTEGER NOT NULL,
  obligation_id BIGINT NOT NULL,
  tax TEXT NOT NULL,
  period TEXT NOT NULL,
  period_from TEXT NOT NULL,
  period_to TEXT NOT NULL,
  tax_fen BIGINT NOT NULL,
  late_fee_fen BIGINT NOT NULL,
  days_late INTEGER NOT NULL,
  open SMALLINT NOT NULL CHECK (open IN (0, 1)),
  paid_on TEXT,
  PRIMARY KEY (taxpayer_id, payment_id, line)
);
-- An obligation is in one open order at most.
CREATE UNIQUE INDEX payment_item_open ON payment_item (taxpayer_id, obligation_id) WHERE open = 1;

-- 税票号码: what the bank knows an order by.
CREATE TABLE payment_voucher (
  voucher TEXT NOT NULL PRIMARY KEY,
  taxpayer_id BIGINT NOT NULL,
  payment_id BIGINT NOT NULL
);
-- Debits that were booked, by the bank's own number: one for a voucher.
CREATE TABLE payment_debit (
  channel TEXT NOT NULL,
  voucher TEXT NOT NULL,
  bank_no TEXT NOT NULL,
  taxpayer_id BIGINT NOT NULL,
  payment_id BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  debited_at BIGINT NOT NULL,
  day TEXT NOT NULL,
  reconciled_on TEXT,
  PRIMARY KEY (channel, voucher)
);
CREATE UNIQUE INDEX payment_debit_bank ON payment_debit (channel, bank_no);
CREATE INDEX payment_debit_day ON payment_debit (channel, day);

-- Banks: public half of the SM2 key (04 || x || y), where it listens ('' = the sandbox's, in this server), and until when
-- it is left alone because it did not answer.
CREATE TABLE payment_bank (
  channel TEXT NOT NULL PRIMARY KEY,
  address TEXT NOT NULL,
  point BYTEA NOT NULL,
  away_until BIGINT NOT NULL
);
-- Signed callbacks that came in: a nonce counts once.
CREATE TABLE payment_callback (
  channel TEXT NOT NULL,
  nonce TEXT NOT NULL,
  voucher TEXT NOT NULL,
  at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (channel, nonce)
);

-- 对账单, one a bank and day. file: the bank's, as it came.
CREATE TABLE payment_reconciliation (
  channel TEXT NOT NULL,
  day TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  document BIGINT NOT NULL,
  bank_count BIGINT NOT NULL,
  bank_fen BIGINT NOT NULL,
  ledger_count BIGINT NOT NULL,
  ledger_fen BIGINT NOT NULL,
  matched_count BIGINT NOT NULL,
  matched_fen BIGINT NOT NULL,
  open_count BIGINT NOT NULL,
  difference_fen BIGINT NOT NULL,
  file TEXT NOT NULL,
  PRIMARY KEY (channel, day)
);
CREATE TABLE payment_difference (
  channel TEXT NOT NULL,
  day TEXT NOT NULL,
  voucher TEXT NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('long', 'short', 'amount', 'cut')),
  bank_fen BIGINT,
  ledger_fen BIGINT,
  PRIMARY KEY (channel, day, voucher)
);
