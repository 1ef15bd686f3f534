-- Books of the sandbox's bank: its own, so that they can be compared with the bureau's.
CREATE TABLE bank_key (
  one SMALLINT NOT NULL PRIMARY KEY CHECK (one = 1),
  der BYTEA NOT NULL
);
CREATE TABLE bank_order (
  voucher TEXT NOT NULL PRIMARY KEY,
  amount_fen BIGINT NOT NULL,
  valid_until BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'debited', 'refused')),
  reason TEXT,
  received_at BIGINT NOT NULL
);
-- One debit for a voucher: the primary key is the promise.
CREATE TABLE bank_debit (
  voucher TEXT NOT NULL PRIMARY KEY,
  bank_no TEXT NOT NULL UNIQUE,
  amount_fen BIGINT NOT NULL,
  debited_at BIGINT NOT NULL
);
CREATE INDEX bank_debit_at ON bank_debit (debited_at);
-- What the bank is told to do wrong, so many times.
CREATE TABLE bank_fault (
  fault TEXT NOT NULL PRIMARY KEY,
  times BIGINT NOT NULL
);
