-- Paperless pilot: e-invoices of a month (counted from events) and paper ones as their sellers report them.
CREATE TABLE paperless_month (
  period TEXT NOT NULL PRIMARY KEY,
  electronic BIGINT NOT NULL
);
CREATE TABLE paperless_report (
  seller_id BIGINT NOT NULL,
  period TEXT NOT NULL,
  paper BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (seller_id, period)
);
CREATE INDEX paperless_report_period ON paperless_report (period);
