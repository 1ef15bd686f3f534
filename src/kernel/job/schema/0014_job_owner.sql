-- Whose lease it is: a process that starts again under its old name frees what it had at work.
ALTER TABLE job ADD COLUMN owner TEXT NOT NULL DEFAULT '';
