-- Returns as filed: every version stays. The latest of a period is the one that counts.
CREATE TABLE tax_return (
  taxpayer_id BIGINT NOT NULL,
  return_id BIGINT NOT NULL,
  tax TEXT NOT NULL CHECK (tax = 'vat'),
  period TEXT NOT NULL CHECK (length(period) BETWEEN 4 AND 7),
  version INTEGER NOT NULL CHECK (version > 0),
  corrects BIGINT NOT NULL,
  form TEXT NOT NULL,
  filed_at BIGINT NOT NULL,
  filed_by BIGINT NOT NULL,
  vat_fen BIGINT NOT NULL,
  urban_fen BIGINT NOT NULL,
  education_fen BIGINT NOT NULL,
  local_fen BIGINT NOT NULL,
  carried_fen BIGINT NOT NULL,
  owed_fen BIGINT NOT NULL,
  document TEXT NOT NULL,
  receipt_id BIGINT NOT NULL,
  PRIMARY KEY (taxpayer_id, return_id),
  UNIQUE (taxpayer_id, tax, period, version)
);
-- From which day on a taxpayer's obligations are opened here: the day it came into this bureau's register.
CREATE TABLE filing_start (
  taxpayer_id BIGINT NOT NULL PRIMARY KEY,
  since TEXT NOT NULL
);
-- Reminders sent, each once (stage: 1 seven days, 2 three, 3 one, 4 overdue).
CREATE TABLE filing_reminder (
  taxpayer_id BIGINT NOT NULL,
  obligation_id BIGINT NOT NULL,
  stage INTEGER NOT NULL CHECK (stage BETWEEN 1 AND 4),
  at BIGINT NOT NULL,
  PRIMARY KEY (taxpayer_id, obligation_id, stage)
);
