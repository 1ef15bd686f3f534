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
