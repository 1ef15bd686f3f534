-- database: projection
CREATE TABLE projection_consumer (
  name TEXT NOT NULL PRIMARY KEY,
  position BIGINT NOT NULL
);
