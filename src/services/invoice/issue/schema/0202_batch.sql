-- Batches: a key stands for a body; each part of a thousand lines is one transaction and keeps its answer, so that a batch that
-- was cut off goes on where it stopped.
CREATE TABLE invoice_batch (
  seller_id BIGINT NOT NULL,
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  n_lines BIGINT NOT NULL,
  done BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  PRIMARY KEY (seller_id, key)
);
CREATE TABLE invoice_batch_part (
  seller_id BIGINT NOT NULL,
  key TEXT NOT NULL,
  part BIGINT NOT NULL,
  receipt_id BIGINT NOT NULL,
  first TEXT NOT NULL,
  n BIGINT NOT NULL,
  result TEXT NOT NULL,
  PRIMARY KEY (seller_id, key, part)
);
