-- database: projection
CREATE TABLE party_invoice (
  party_id BIGINT NOT NULL,
  side INTEGER NOT NULL CHECK (side IN (0, 1)),
  period TEXT NOT NULL,
  number TEXT NOT NULL,
  other_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  issued_at BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  tax_fen BIGINT NOT NULL,
  PRIMARY KEY (party_id, side, period, number)
);
