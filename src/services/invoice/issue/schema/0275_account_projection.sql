-- database: projection
-- For the tax account (税务数字账户): the rate of each invoice and whether it is booked (入账). rate: parts per million, or below 0 as
-- in account.h. The lists are fed once more from the first event, so that older rows have both.
ALTER TABLE party_invoice ADD COLUMN rate BIGINT NOT NULL DEFAULT -9;
ALTER TABLE party_invoice ADD COLUMN booked TEXT NOT NULL DEFAULT '';
-- Invoices of several rates, a row a rate; the others have theirs in their own row.
CREATE TABLE party_mixed (
  party_id BIGINT NOT NULL,
  side INTEGER NOT NULL,
  period TEXT NOT NULL,
  number TEXT NOT NULL,
  rate BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  tax_fen BIGINT NOT NULL,
  PRIMARY KEY (party_id, side, period, number, rate)
);
DELETE FROM party_invoice;
DELETE FROM party_month;
DELETE FROM party_sale;
DELETE FROM projection_consumer WHERE name = 'issue.party_list';
