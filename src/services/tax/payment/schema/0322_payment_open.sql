-- Debits whose day was not compared with the bank yet: few, whatever there is of the others.
CREATE INDEX payment_debit_open ON payment_debit (channel, day) WHERE reconciled_on IS NULL;
