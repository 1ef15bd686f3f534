-- Taxable sales of the last twelve months as reported at registration: what the rule of the taxpayer's kind looks at.
ALTER TABLE taxpayer ADD COLUMN sales_fen BIGINT NOT NULL DEFAULT 0;
CREATE INDEX taxpayer_uscc ON taxpayer (uscc);
