-- Batches of orders that a platform (平台) gives in for the sellers who gave it a mandate, line by line, and the orders.
CREATE TABLE platform_batch (
  platform_id BIGINT NOT NULL,
  batch_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  format TEXT NOT NULL CHECK (format IN ('ndjson', 'csv')),
  size BIGINT NOT NULL,
  algorithm TEXT NOT NULL CHECK (algorithm IN ('sha256', 'sm3')),
  digest TEXT NOT NULL,
  received BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('uploading', 'working', 'done', 'refused')),
  reason TEXT NOT NULL,
  drawer TEXT NOT NULL,
  n_lines BIGINT NOT NULL,
  groups BIGINT NOT NULL,
  at_byte BIGINT NOT NULL,
  at_line BIGINT NOT NULL,
  orders BIGINT NOT NULL,
  issued BIGINT NOT NULL,
  held BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  known BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  PRIMARY KEY (platform_id, batch_id)
);
CREATE TABLE platform_part (
  batch_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (batch_id, at)
);
CREATE TABLE platform_line (
  batch_id BIGINT NOT NULL,
  line BIGINT NOT NULL,
  grp BIGINT NOT NULL,
  seller TEXT NOT NULL,
  order_no TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'issued', 'held', 'refused', 'known')),
  numbers TEXT NOT NULL,
  errors TEXT NOT NULL,
  PRIMARY KEY (batch_id, line)
);
CREATE INDEX platform_line_state ON platform_line (batch_id, state, line);
CREATE TABLE platform_order (
  seller_id BIGINT NOT NULL,
  platform_id BIGINT NOT NULL,
  order_no TEXT NOT NULL,
  batch_id BIGINT NOT NULL,
  line BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('taken', 'held', 'settling', 'issued')),
  total_fen BIGINT NOT NULL,
  kept TEXT NOT NULL,
  code_hash TEXT,
  drawer TEXT NOT NULL,
  settle_id BIGINT NOT NULL,
  numbers TEXT NOT NULL,
  PRIMARY KEY (seller_id, platform_id, order_no)
);
CREATE UNIQUE INDEX platform_order_code ON platform_order (code_hash);
CREATE INDEX platform_order_settle ON platform_order (seller_id, platform_id, settle_id);
-- Orders on their way to invoices: claimed by a buyer, merged or split by the platform. lines is what goes to the batch.
CREATE TABLE platform_settle (
  settle_id BIGINT NOT NULL PRIMARY KEY,
  platform_id BIGINT NOT NULL,
  seller_id BIGINT NOT NULL,
  drawer TEXT NOT NULL,
  lines TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('working', 'issued', 'refused')),
  numbers TEXT NOT NULL,
  errors TEXT NOT NULL,
  at BIGINT NOT NULL
);
