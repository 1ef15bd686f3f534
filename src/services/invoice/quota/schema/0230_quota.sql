-- Requests for another invoice quota (发票总额度); state: the eight of domain/invoice.md §3.8. document: formula, inputs and
-- ways as they were when it was decided.
CREATE TABLE quota_request (
  taxpayer_id BIGINT NOT NULL,
  request_id BIGINT NOT NULL,
  period TEXT NOT NULL CHECK (length(period) = 7),
  amount_fen BIGINT NOT NULL,
  contracts_fen BIGINT NOT NULL,
  reason TEXT NOT NULL,
  instant INTEGER NOT NULL CHECK (instant IN (0, 1)),
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 8),
  granted_fen BIGINT NOT NULL,
  note TEXT NOT NULL,
  document TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  decided_at BIGINT NOT NULL,
  PRIMARY KEY (taxpayer_id, request_id)
);
-- What waits for an officer is little.
CREATE INDEX quota_request_waits ON quota_request (request_id) WHERE state IN (1, 3, 6);
-- Every change: month (月初赋额), filed (申报后放开), temporary (临时), auto (自动临时), manual (人工).
CREATE TABLE quota_change (
  taxpayer_id BIGINT NOT NULL,
  change_id BIGINT NOT NULL,
  period TEXT NOT NULL,
  way TEXT NOT NULL CHECK (way IN ('month', 'filed', 'temporary', 'auto', 'manual')),
  before_fen BIGINT NOT NULL,
  after_fen BIGINT NOT NULL,
  full_fen BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (taxpayer_id, change_id)
);
-- Months whose quotas were set on the first.
CREATE TABLE quota_run (
  period TEXT NOT NULL PRIMARY KEY,
  done_at BIGINT NOT NULL
);
