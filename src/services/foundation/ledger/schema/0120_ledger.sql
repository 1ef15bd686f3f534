CREATE TABLE ledger_posting (
  subject_id BIGINT NOT NULL,
  posting_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  document BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (subject_id, posting_id)
);
CREATE TABLE ledger_entry (
  subject_id BIGINT NOT NULL,
  posting_id BIGINT NOT NULL,
  line INTEGER NOT NULL,
  account INTEGER NOT NULL CHECK (account BETWEEN 1 AND 6),
  owner_id BIGINT NOT NULL,
  obligation_id BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  PRIMARY KEY (subject_id, posting_id, line)
);
CREATE TABLE obligation (
  taxpayer_id BIGINT NOT NULL,
  obligation_id BIGINT NOT NULL,
  tax TEXT NOT NULL,
  period TEXT NOT NULL,
  due_on TEXT NOT NULL,
  assessed_fen BIGINT NOT NULL,
  paid_fen BIGINT NOT NULL,
  late_fee_fen BIGINT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'due', 'fulfilled')),
  return_id BIGINT NOT NULL,
  PRIMARY KEY (taxpayer_id, obligation_id),
  UNIQUE (taxpayer_id, tax, period)
);
