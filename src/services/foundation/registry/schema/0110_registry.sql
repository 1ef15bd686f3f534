-- Registration (税务登记): one row a taxpayer, its fields with their source in field_source, every change in field_history.
CREATE TABLE taxpayer (
  taxpayer_id BIGINT NOT NULL PRIMARY KEY,
  uscc TEXT NOT NULL CHECK (length(uscc) <= 20),
  name TEXT NOT NULL CHECK (length(name) <= 200),
  kind TEXT NOT NULL CHECK (kind IN ('general', 'small')),
  vat_period TEXT NOT NULL CHECK (vat_period IN ('month', 'quarter')),
  status TEXT NOT NULL CHECK (status IN ('normal', 'suspended', 'abnormal', 'closed')),
  place TEXT NOT NULL CHECK (place IN ('city', 'county', 'other')),
  region TEXT NOT NULL,
  authority TEXT NOT NULL,
  credit_grade TEXT NOT NULL,
  quota_fen BIGINT NOT NULL,
  registered_on TEXT NOT NULL,
  enterprise SMALLINT NOT NULL
);
CREATE TABLE taxpayer_field (
  taxpayer_id BIGINT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL CHECK (length(value) <= 2000),
  source TEXT NOT NULL CHECK (source IN ('regulator', 'taxpayer', 'rule', 'officer')),
  since BIGINT NOT NULL,
  PRIMARY KEY (taxpayer_id, field)
);
CREATE TABLE taxpayer_history (
  taxpayer_id BIGINT NOT NULL,
  change_id BIGINT NOT NULL,
  field TEXT NOT NULL,
  old_value TEXT,
  new_value TEXT NOT NULL,
  source TEXT NOT NULL,
  actor_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (taxpayer_id, change_id)
);
CREATE TABLE bank_account (
  taxpayer_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  bank TEXT NOT NULL,
  account_no BYTEA NOT NULL,
  account_tail TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (taxpayer_id, account_id)
);
-- Tax types (税费种认定) found by rules.
CREATE TABLE tax_type (
  taxpayer_id BIGINT NOT NULL,
  tax TEXT NOT NULL,
  period TEXT NOT NULL,
  since TEXT NOT NULL,
  rule TEXT NOT NULL,
  PRIMARY KEY (taxpayer_id, tax)
);
