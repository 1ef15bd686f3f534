-- What was given back of the tax collected for an invoice that is reversed, in whole or in part: sums so far.
CREATE TABLE agency_returned (
  person_id BIGINT NOT NULL,
  request_id BIGINT NOT NULL,
  vat_fen BIGINT NOT NULL,
  urban_fen BIGINT NOT NULL,
  education_fen BIGINT NOT NULL,
  local_fen BIGINT NOT NULL,
  PRIMARY KEY (person_id, request_id)
);
