-- Parties: natural persons (自然人) and organisations. Keyed hashes find them; personal numbers are stored encrypted.
CREATE TABLE party (
  party_id BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('person', 'organization')),
  name TEXT NOT NULL CHECK (length(name) <= 200),
  tax_id BYTEA NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE party_lookup (
  tax_id_hash TEXT NOT NULL PRIMARY KEY,
  party_id BIGINT NOT NULL
);
CREATE TABLE credential (
  person_id BIGINT NOT NULL PRIMARY KEY,
  password_hash TEXT NOT NULL,
  totp_secret BYTEA,
  totp_last BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE officer (
  person_id BIGINT NOT NULL PRIMARY KEY,
  office TEXT NOT NULL,
  post TEXT NOT NULL
);
-- Roles within a taxpayer: 法定代表人, 财务负责人, 办税员, 开票员.
CREATE TABLE member_role (
  subject_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('legal_representative', 'finance_head', 'tax_clerk', 'invoicing_clerk')),
  since BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (subject_id, person_id, role, since)
);
CREATE INDEX member_role_person ON member_role (person_id, subject_id);
-- Mandate (委托授权) of a taxpayer to an agent: scope, limit, end.
CREATE TABLE mandate (
  subject_id BIGINT NOT NULL,
  mandate_id BIGINT NOT NULL,
  agent_id BIGINT NOT NULL,
  scopes TEXT NOT NULL CHECK (length(scopes) <= 400),
  limit_fen BIGINT,
  until_on TEXT NOT NULL,
  granted_at BIGINT NOT NULL,
  revoked_at BIGINT,
  PRIMARY KEY (subject_id, mandate_id)
);
CREATE INDEX mandate_agent ON mandate (agent_id, subject_id);
CREATE TABLE session (
  token_hash TEXT NOT NULL PRIMARY KEY,
  session_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  subject_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('cookie', 'bearer', 'personal')),
  name TEXT,
  scopes TEXT NOT NULL,
  csrf TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX session_person ON session (person_id, session_id);
CREATE TABLE login_throttle (
  account_hash TEXT NOT NULL PRIMARY KEY,
  failures BIGINT NOT NULL,
  blocked_until BIGINT NOT NULL
);
