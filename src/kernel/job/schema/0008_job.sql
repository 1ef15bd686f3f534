-- Queue and timetable. state: 0 waits, 1 runs (until claimed_until, then another may take it), 2 given up.
CREATE TABLE job (
  job_id BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  job_key TEXT,
  argument TEXT NOT NULL,
  state SMALLINT NOT NULL CHECK (state IN (0, 1, 2)),
  run_at BIGINT NOT NULL,
  claimed_until BIGINT NOT NULL,
  tries INTEGER NOT NULL
);
CREATE UNIQUE INDEX job_waiting ON job (kind, job_key) WHERE state = 0;
CREATE INDEX job_due ON job (state, run_at);
CREATE TABLE job_timetable (
  kind TEXT NOT NULL PRIMARY KEY,
  next_at BIGINT NOT NULL
);
