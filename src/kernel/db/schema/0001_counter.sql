-- Counters without gaps: they roll back with the transaction that used them.
CREATE TABLE counter (
  name TEXT NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
);
