-- :name counter_get :one
-- :in name text
-- :out value int
SELECT value FROM counter WHERE name = $1;

-- :name counter_put :exec
-- :in name text, value int
INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
