-- Signed status lists: n 0 is all of a month, others are its deltas. They can be made again from the outbox at any time.
CREATE TABLE status_file (
  region TEXT NOT NULL,
  month TEXT NOT NULL,
  n BIGINT NOT NULL,
  last BIGINT NOT NULL,
  events BIGINT NOT NULL,
  as_of BIGINT NOT NULL,
  size BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (region, month, n)
);
CREATE TABLE status_progress (
  id BIGINT NOT NULL PRIMARY KEY,
  events BIGINT NOT NULL
);
