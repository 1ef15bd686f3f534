-- A key is enrolled once, ever; not UNIQUE, because a bureau may hold some that were enrolled twice before.
CREATE INDEX lane_key ON lane (public_key);
