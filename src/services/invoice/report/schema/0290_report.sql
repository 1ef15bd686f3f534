-- Reports of false invoices (cases of the officers), and who uses which invoice for what, to notice a second use.
CREATE TABLE report_case (
  code TEXT NOT NULL PRIMARY KEY,
  number TEXT NOT NULL,
  verdict TEXT NOT NULL,
  qr TEXT NOT NULL,
  place TEXT NOT NULL,
  story TEXT NOT NULL,
  reporter_id BIGINT NOT NULL,
  picture_media TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'unfounded', 'referred')),
  answer TEXT NOT NULL,
  officer_id BIGINT NOT NULL,
  closed_at BIGINT
);
CREATE INDEX report_case_state ON report_case (state, opened_at, code);
CREATE TABLE report_picture (
  code TEXT NOT NULL PRIMARY KEY,
  bytes BYTEA NOT NULL
);
CREATE TABLE report_use (
  number TEXT NOT NULL,
  kind TEXT NOT NULL,
  holder_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (number, kind, holder_id)
);
