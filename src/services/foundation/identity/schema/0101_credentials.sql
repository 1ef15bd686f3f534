-- Sessions: when last used, whether a second factor was shown, where from; a personal token may be for all its owner's subjects.
ALTER TABLE session ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN strong SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN any_subject SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN client TEXT;
ALTER TABLE login_throttle ADD COLUMN failed_at BIGINT NOT NULL DEFAULT 0;
-- The last five passwords are not taken again.
CREATE TABLE password_history (
  person_id BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  password_hash TEXT NOT NULL,
  PRIMARY KEY (person_id, changed_at)
);
-- Recovery codes instead of a lost phone: keyed hashes, each used once.
CREATE TABLE recovery_code (
  person_id BIGINT NOT NULL,
  code_hash TEXT NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (person_id, code_hash)
);
-- Codes given at the counter after the identity was checked: for the first password, or one that was forgotten.
CREATE TABLE enrolment (
  person_id BIGINT NOT NULL,
  code_hash TEXT NOT NULL,
  officer_id BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (person_id, code_hash)
);
