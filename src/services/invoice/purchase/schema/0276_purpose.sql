-- What a confirmed invoice is used for (用途): only deduct counts as input tax.
ALTER TABLE input_credit ADD COLUMN purpose TEXT NOT NULL DEFAULT 'deduct' CHECK (purpose IN ('deduct', 'refund', 'agent-refund', 'not-deduct'));
