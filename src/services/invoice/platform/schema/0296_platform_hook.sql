-- Webhooks of platforms and what is on its way to them.
CREATE TABLE platform_hook (
  platform_id BIGINT NOT NULL,
  hook_id BIGINT NOT NULL,
  url TEXT NOT NULL,
  events TEXT NOT NULL,
  secret_sealed BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (platform_id, hook_id)
);
CREATE TABLE platform_delivery (
  platform_id BIGINT NOT NULL,
  delivery_id BIGINT NOT NULL,
  hook_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
  tries BIGINT NOT NULL,
  status BIGINT NOT NULL,
  reason TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  tried_at BIGINT,
  PRIMARY KEY (platform_id, delivery_id)
);
CREATE INDEX platform_delivery_state ON platform_delivery (platform_id, state, delivery_id);
