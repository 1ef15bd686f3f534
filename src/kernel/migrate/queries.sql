-- :name applied :one
-- :in name text
-- :out hash text
SELECT hash FROM migration WHERE name = $1;

-- :name note :exec
-- :in name text, hash text, at instant
INSERT INTO migration (name, hash, at) VALUES ($1, $2, $3);
