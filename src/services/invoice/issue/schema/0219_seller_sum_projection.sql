-- database: projection
-- What a seller's return is filled from: sums of a month by kind, rate and section of the tax code (1 goods, 2 labour,
-- 3 services, 4 intangible, 5 immovable, 6 no sale). Red letters carry negative amounts.
CREATE TABLE seller_sum (
  seller_id BIGINT NOT NULL,
  period TEXT NOT NULL,
  kind TEXT NOT NULL,
  rate_ppm INTEGER NOT NULL,
  section INTEGER NOT NULL,
  n BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  tax_fen BIGINT NOT NULL,
  PRIMARY KEY (seller_id, period, kind, rate_ppm, section)
);
