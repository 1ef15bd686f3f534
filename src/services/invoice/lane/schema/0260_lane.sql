-- Devices of sellers. state: 0 active, 1 revoked. head: the entry with the highest sequence that was anchored.
CREATE TABLE lane (
  lane_id BIGINT NOT NULL PRIMARY KEY,
  taxpayer_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  drawer TEXT NOT NULL CHECK (length(drawer) <= 200),
  device_name TEXT NOT NULL CHECK (length(device_name) <= 40),
  suite TEXT NOT NULL CHECK (length(suite) <= 20),
  public_key TEXT NOT NULL CHECK (length(public_key) = 44),
  state INTEGER NOT NULL CHECK (state IN (0, 1)),
  reason TEXT NOT NULL CHECK (length(reason) <= 10),
  created_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  head_sequence BIGINT NOT NULL,
  head_hash TEXT NOT NULL,
  head_at BIGINT NOT NULL
);
CREATE INDEX lane_taxpayer ON lane (taxpayer_id, lane_id);
-- Blocks of numbers. used_n: issued (also after a confirmation); used_fen: taken from the limit; returned_n, returned_fen: what
-- came back when it was closed (closed_at 0: open). period: month whose quota the limit was taken from.
CREATE TABLE lane_block (
  lane_id BIGINT NOT NULL,
  first TEXT NOT NULL CHECK (length(first) = 20),
  n BIGINT NOT NULL,
  until_on TEXT NOT NULL,
  limit_fen BIGINT NOT NULL,
  period TEXT NOT NULL,
  certificate TEXT NOT NULL CHECK (length(certificate) <= 500),
  key_id TEXT NOT NULL,
  signature TEXT NOT NULL,
  granted_at BIGINT NOT NULL,
  used_n BIGINT NOT NULL,
  used_fen BIGINT NOT NULL,
  closed_at BIGINT NOT NULL,
  returned_n BIGINT NOT NULL,
  returned_fen BIGINT NOT NULL,
  PRIMARY KEY (lane_id, first)
);
CREATE INDEX lane_block_open ON lane_block (until_on) WHERE closed_at = 0;
-- What the devices handed over. state: 0 issued, 1 waits for the seller's word, 2 lapsed, 3 refused by the seller.
-- reason: why it waited, '' for those that did not.
CREATE TABLE lane_entry (
  lane_id BIGINT NOT NULL,
  number TEXT NOT NULL CHECK (length(number) = 20),
  sequence BIGINT NOT NULL,
  hash TEXT NOT NULL,
  previous TEXT NOT NULL,
  state INTEGER NOT NULL CHECK (state IN (0, 1, 2, 3)),
  reason TEXT NOT NULL CHECK (length(reason) <= 20),
  entry TEXT NOT NULL,
  signature TEXT NOT NULL,
  buyer TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  total_fen BIGINT NOT NULL,
  issued_at BIGINT NOT NULL,
  arrived_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (lane_id, number)
);
CREATE INDEX lane_entry_sequence ON lane_entry (lane_id, sequence);
-- What waits is little.
CREATE INDEX lane_entry_waits ON lane_entry (expires_at) WHERE state = 1;
