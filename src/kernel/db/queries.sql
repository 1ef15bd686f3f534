-- :name counter_add :one
-- :in name text, n int
-- :out value int
INSERT INTO counter (name, value) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value;
