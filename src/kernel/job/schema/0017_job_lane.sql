-- Work that waits for others, by whom it waits for; '' is the one queue of all other work.
ALTER TABLE job ADD COLUMN lane TEXT NOT NULL DEFAULT '';
DROP INDEX job_due;
CREATE INDEX job_due ON job (lane, state, run_at);
