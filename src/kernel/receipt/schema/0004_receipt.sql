-- The transparency log: entries (public), hash tiles of 256, the last checkpoint; and the receipts of their holders.
CREATE TABLE log_entry (
  position BIGINT NOT NULL PRIMARY KEY,
  entry BYTEA NOT NULL
);
CREATE TABLE log_tile (
  level INTEGER NOT NULL,
  tile BIGINT NOT NULL,
  hashes BYTEA NOT NULL,
  PRIMARY KEY (level, tile)
);
CREATE TABLE log_checkpoint (
  log INTEGER NOT NULL PRIMARY KEY,
  size BIGINT NOT NULL,
  note TEXT NOT NULL
);
CREATE TABLE receipt (
  receipt_id BIGINT NOT NULL PRIMARY KEY,
  holder_id BIGINT NOT NULL,
  kind INTEGER NOT NULL,
  position BIGINT NOT NULL,
  at BIGINT NOT NULL,
  salt BYTEA NOT NULL,
  act TEXT NOT NULL
);
