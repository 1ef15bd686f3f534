-- Links that open a session on a phone: shown as a QR code, good once and for two minutes. Only the hash of the code is kept.
CREATE TABLE login_link (
  code_hash TEXT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL,
  subject_id BIGINT NOT NULL,
  session_id BIGINT NOT NULL,
  strong INTEGER NOT NULL CHECK (strong IN (0, 1)),
  expires_at BIGINT NOT NULL
);
CREATE INDEX login_link_old ON login_link (expires_at);
