-- Requests of natural persons that the bureau issues an invoice (代开). state: 1 with an officer, 2 to be paid, 3 issued,
-- 4 refused, 5 withdrawn, 6 not paid in time. One at a time is open for a person.
CREATE TABLE agency_request (
  person_id BIGINT NOT NULL,
  request_id BIGINT NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 6),
  special INTEGER NOT NULL CHECK (special IN (0, 1)),
  buyer_tax_id TEXT NOT NULL,
  buyer_name TEXT NOT NULL,
  tax_code TEXT NOT NULL,
  item TEXT NOT NULL,
  remark TEXT NOT NULL,
  proof TEXT NOT NULL,
  months INTEGER NOT NULL,
  period TEXT NOT NULL,
  total_fen BIGINT NOT NULL,
  rate_ppm BIGINT NOT NULL,
  exempt INTEGER NOT NULL CHECK (exempt IN (0, 1)),
  reduced INTEGER NOT NULL CHECK (reduced IN (0, 1)),
  vat_fen BIGINT NOT NULL,
  urban_fen BIGINT NOT NULL,
  education_fen BIGINT NOT NULL,
  local_fen BIGINT NOT NULL,
  risk TEXT NOT NULL,
  note TEXT NOT NULL,
  number TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  pay_until TEXT NOT NULL,
  PRIMARY KEY (person_id, request_id)
);
CREATE INDEX agency_request_review ON agency_request (request_id) WHERE state = 1;
CREATE INDEX agency_request_unpaid ON agency_request (pay_until) WHERE state = 2;
