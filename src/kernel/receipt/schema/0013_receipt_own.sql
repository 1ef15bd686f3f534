-- What a holder finds its receipts by. Invoices issued are not in it: each carries its receipt, and on that hot path a second
-- index by holder would cost several times the insert (design/storage §2).
CREATE TABLE receipt_own (
  holder_id BIGINT NOT NULL,
  receipt_id BIGINT NOT NULL,
  kind INTEGER NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (holder_id, receipt_id)
);
