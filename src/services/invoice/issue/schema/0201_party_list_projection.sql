-- database: projection
-- Lists of a party: what it issued (side 0) and received (side 1, imported ones too).
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
  total_fen BIGINT NOT NULL,
  status INTEGER NOT NULL CHECK (status IN (0, 1, 2, 3)),
  original TEXT NOT NULL,
  credited TEXT NOT NULL,
  imported INTEGER NOT NULL CHECK (imported IN (0, 1)),
  PRIMARY KEY (party_id, side, period, number)
);
-- Sums of a month, kept up with the lists: in all, and by kind, treatment, rate and section of the tax code for returns.
CREATE TABLE party_month (
  party_id BIGINT NOT NULL,
  side INTEGER NOT NULL,
  period TEXT NOT NULL,
  n BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  tax_fen BIGINT NOT NULL,
  PRIMARY KEY (party_id, side, period)
);
CREATE TABLE party_sale (
  party_id BIGINT NOT NULL,
  side INTEGER NOT NULL,
  period TEXT NOT NULL,
  kind TEXT NOT NULL,
  treatment INTEGER NOT NULL,
  rate_ppm BIGINT NOT NULL,
  section INTEGER NOT NULL,
  n BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  tax_fen BIGINT NOT NULL,
  PRIMARY KEY (party_id, side, period, kind, treatment, rate_ppm, section)
);
