-- When the invoice of a ticket was issued: sales that were cut into many are found by it.
ALTER TABLE lottery_ticket ADD COLUMN issued_at BIGINT NOT NULL DEFAULT 0;
