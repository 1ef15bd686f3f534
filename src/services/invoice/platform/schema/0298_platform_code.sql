-- The key of the claim codes. It lies with the orders, so that codes that were given out hold on every node that has them.
CREATE TABLE platform_code_key (
  one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
  secret BYTEA NOT NULL
);
