-- Accounts of prizes (7 to 11). The check on the accounts is part of the table, so the table is made anew.
CREATE TABLE ledger_entry_wider (
  subject_id BIGINT NOT NULL,
  posting_id BIGINT NOT NULL,
  line INTEGER NOT NULL,
  account INTEGER NOT NULL CHECK (account BETWEEN 1 AND 11),
  owner_id BIGINT NOT NULL,
  obligation_id BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  PRIMARY KEY (subject_id, posting_id, line)
);
INSERT INTO ledger_entry_wider SELECT subject_id, posting_id, line, account, owner_id, obligation_id, amount_fen FROM ledger_entry;
DROP TABLE ledger_entry;
ALTER TABLE ledger_entry_wider RENAME TO ledger_entry;
-- Money set apart for a purpose. What is taken must be there: the check is the promise, the entries of account 8 say the same.
CREATE TABLE ledger_fund (
  fund_id BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  balance_fen BIGINT NOT NULL CHECK (balance_fen >= 0)
);
