-- Overpaid and not yet given back (多缴税款); the entries of account 5 say the same, fsck compares.
ALTER TABLE obligation ADD COLUMN refund_fen BIGINT NOT NULL DEFAULT 0;
