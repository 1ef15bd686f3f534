-- Couriers are registered, given new keys and closed by officers. 0: open.
ALTER TABLE paper_courier ADD COLUMN registered_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE paper_courier ADD COLUMN closed_at BIGINT NOT NULL DEFAULT 0;
