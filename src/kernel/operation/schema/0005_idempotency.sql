-- First answers, kept at least 30 days: the same key and body get them again.
CREATE TABLE idempotency (
  owner_id BIGINT NOT NULL,
  idempotency_key TEXT NOT NULL CHECK (length(idempotency_key) <= 200),
  operation TEXT NOT NULL,
  body TEXT NOT NULL,
  status INTEGER NOT NULL,
  location TEXT,
  answer TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (owner_id, idempotency_key)
);
