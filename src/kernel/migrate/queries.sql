-- :name applied :one
-- :in name text
-- :out hash text
SELECT hash FROM migration WHERE name = $1;

-- :name projection_applied :one
-- :on projection
-- :in name text
-- :out hash text
SELECT hash FROM migration WHERE name = $1;

-- :name names :many
-- :out name text
-- :max 500
SELECT name FROM migration ORDER BY name;

-- :name projection_names :many
-- :on projection
-- :out name text
-- :max 500
SELECT name FROM migration ORDER BY name;
