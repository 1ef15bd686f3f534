-- The durable path has only monotone indexes: numbers are assigned in order by the writer.
CREATE TABLE invoice (
  number TEXT NOT NULL PRIMARY KEY,
  seller_id BIGINT NOT NULL,
  buyer_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('special', 'ordinary')),
  issued_at BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  tax_fen BIGINT NOT NULL,
  total_fen BIGINT NOT NULL,
  document TEXT NOT NULL,
  receipt_id BIGINT NOT NULL
);
CREATE TABLE quota_use (
  seller_id BIGINT NOT NULL,
  period TEXT NOT NULL,
  used_fen BIGINT NOT NULL,
  PRIMARY KEY (seller_id, period)
);
-- What red letters took off a blue invoice, and whether a confirmation slip is open; only where there is any.
CREATE TABLE invoice_state (
  number TEXT NOT NULL PRIMARY KEY,
  amount_fen BIGINT NOT NULL,
  tax_fen BIGINT NOT NULL,
  locked INTEGER NOT NULL CHECK (locked IN (0, 1))
);
CREATE TABLE invoice_red (
  number TEXT NOT NULL,
  red_number TEXT NOT NULL,
  PRIMARY KEY (number, red_number)
);
-- Drafts: any JSON, kept until used.
CREATE TABLE invoice_draft (
  taxpayer_id BIGINT NOT NULL,
  draft_id BIGINT NOT NULL,
  title TEXT NOT NULL,
  content TEXT NOT NULL,
  saved_at BIGINT NOT NULL,
  PRIMARY KEY (taxpayer_id, draft_id)
);
-- Signatures of files that have left the house, made when first asked for.
CREATE TABLE invoice_file (
  number TEXT NOT NULL,
  format TEXT NOT NULL,
  signature TEXT NOT NULL,
  signed_at BIGINT NOT NULL,
  PRIMARY KEY (number, format)
);
