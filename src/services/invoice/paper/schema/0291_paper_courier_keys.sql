-- The key before a change serves until the courier has taken the new one, at most until then.
ALTER TABLE paper_courier ADD COLUMN old_secret BYTEA;
ALTER TABLE paper_courier ADD COLUMN old_until BIGINT NOT NULL DEFAULT 0;
