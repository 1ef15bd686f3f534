-- data: canonical JSON of what is certified, encrypted (it may name a person); file: the PDF, made when first asked for.
CREATE TABLE certificate (
  taxpayer_id BIGINT NOT NULL,
  number TEXT NOT NULL CHECK (length(number) = 18),
  type TEXT NOT NULL CHECK (type IN ('payment')),
  period TEXT NOT NULL,
  total_fen BIGINT NOT NULL,
  issued_at BIGINT NOT NULL,
  issued_by BIGINT NOT NULL,
  data BYTEA NOT NULL,
  receipt_id BIGINT NOT NULL,
  PRIMARY KEY (taxpayer_id, number)
);
CREATE TABLE certificate_number (
  number TEXT NOT NULL PRIMARY KEY,
  taxpayer_id BIGINT NOT NULL
);
CREATE TABLE certificate_file (
  taxpayer_id BIGINT NOT NULL,
  number TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (taxpayer_id, number)
);
