-- database: projection
-- Sums of the tax account by everything that is asked for from a list of choices, so that a year of a firm is some hundred rows and not
-- all its invoices. part: the rate a sum is for; an invoice of one rate has one row (part = rate), one of several (rate -8) has one for
-- itself (part -8) and one a rate, which holds the whole invoice and what of it has this rate.
CREATE TABLE party_cell (
  party_id BIGINT NOT NULL,
  side INTEGER NOT NULL,
  period TEXT NOT NULL,
  kind TEXT NOT NULL,
  status INTEGER NOT NULL,
  rate BIGINT NOT NULL,
  part BIGINT NOT NULL,
  booked TEXT NOT NULL,
  n BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  tax_fen BIGINT NOT NULL,
  total_fen BIGINT NOT NULL,
  part_amount_fen BIGINT NOT NULL,
  part_tax_fen BIGINT NOT NULL,
  PRIMARY KEY (party_id, side, period, kind, status, rate, part, booked)
);
INSERT INTO party_cell SELECT party_id, side, period, kind, status, rate, rate, booked, count(*), CAST(sum(amount_fen) AS BIGINT),
  CAST(sum(tax_fen) AS BIGINT), CAST(sum(total_fen) AS BIGINT), CAST(sum(amount_fen) AS BIGINT), CAST(sum(tax_fen) AS BIGINT)
FROM party_invoice GROUP BY party_id, side, period, kind, status, rate, booked;
INSERT INTO party_cell SELECT i.party_id, i.side, i.period, i.kind, i.status, i.rate, m.rate, i.booked, count(*),
  CAST(sum(i.amount_fen) AS BIGINT), CAST(sum(i.tax_fen) AS BIGINT), CAST(sum(i.total_fen) AS BIGINT),
  CAST(sum(m.amount_fen) AS BIGINT), CAST(sum(m.tax_fen) AS BIGINT)
FROM party_mixed m JOIN party_invoice i ON i.party_id = m.party_id AND i.side = m.side AND i.period = m.period AND i.number = m.number
GROUP BY i.party_id, i.side, i.period, i.kind, i.status, i.rate, m.rate, i.booked;
