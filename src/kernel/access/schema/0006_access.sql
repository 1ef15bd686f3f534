-- Access ledger (数据使用记录): who opened whose data, what and why. The subject can see it.
CREATE TABLE access_entry (
  subject_id BIGINT NOT NULL,
  access_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  office TEXT,
  what TEXT NOT NULL,
  purpose TEXT,
  at BIGINT NOT NULL,
  PRIMARY KEY (subject_id, access_id)
);
