-- The newest checkpoint that witnesses have cosigned, with their lines.
CREATE TABLE log_witnessed (
  log INTEGER NOT NULL PRIMARY KEY,
  size BIGINT NOT NULL,
  note TEXT NOT NULL,
  witnesses INTEGER NOT NULL
);
