-- Purchase invoices taken over from XML, and input-tax confirmation (用途确认, 勾选): one invoice is credited once.
CREATE TABLE purchase (
  buyer_id BIGINT NOT NULL,
  number TEXT NOT NULL CHECK (length(number) = 20),
  seller_tax_id TEXT NOT NULL,
  seller_name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('special', 'ordinary')),
  issued_on TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  tax_fen BIGINT NOT NULL,
  imported_at BIGINT NOT NULL,
  PRIMARY KEY (buyer_id, number)
);
CREATE TABLE input_credit (
  buyer_id BIGINT NOT NULL,
  number TEXT NOT NULL,
  period TEXT NOT NULL,
  tax_fen BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (buyer_id, number)
);
CREATE INDEX input_credit_period ON input_credit (buyer_id, period);
-- Input tax given back because of red letters (进项税额转出), in the month of the red letter.
CREATE TABLE input_transfer_out (
  buyer_id BIGINT NOT NULL,
  red_number TEXT NOT NULL,
  number TEXT NOT NULL,
  period TEXT NOT NULL,
  tax_fen BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (buyer_id, red_number)
);
-- Months whose VAT return is filed: nothing is confirmed or withdrawn any more.
CREATE TABLE credit_closed (
  buyer_id BIGINT NOT NULL,
  period TEXT NOT NULL,
  closed_at BIGINT NOT NULL,
  PRIMARY KEY (buyer_id, period)
);
