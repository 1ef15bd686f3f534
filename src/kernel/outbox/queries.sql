-- :name event_insert :exec
-- :in position int, kind text, subject_id int, at instant, body bytes
INSERT INTO event (position, kind, subject_id, at, body) VALUES ($1, $2, $3, $4, $5);

-- How much the next events hold; neither engine reads a body for it.
-- :name sizes_after :many
-- :in position int
-- :out position int, bytes int
-- :max 1000
SELECT position, length(body) FROM event WHERE position > $1 ORDER BY position LIMIT 1000;

-- :name events_between :many
-- :in position int, last int
-- :out position int, kind text, subject_id int, at instant, body bytes
-- :max 1000
SELECT position, kind, subject_id, at, body FROM event WHERE position > $1 AND position <= $2 ORDER BY position LIMIT 1000;

-- :name event_after :one
-- :in position int
-- :out at instant
SELECT at FROM event WHERE position > $1 ORDER BY position LIMIT 1;

-- :name last_position :one
-- :out position int
SELECT COALESCE(max(position), 0) FROM event;

-- :name consumer_get :one
-- :in name text
-- :out position int
SELECT position FROM consumer WHERE name = $1;

-- :name consumer_put :exec
-- :in name text, position int
INSERT INTO consumer (name, position) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET position = excluded.position;

-- :name projection_get :one
-- :on projection
-- :in name text
-- :out position int
SELECT position FROM projection_consumer WHERE name = $1;

-- :name projection_put :exec
-- :on projection
-- :in name text, position int
INSERT INTO projection_consumer (name, position) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET position = excluded.position;

-- :name span :one
-- :out n int, first int, last int
SELECT count(*), COALESCE(min(position), 1), COALESCE(max(position), 0) FROM event;

-- :name counter :one
-- :out value int
SELECT COALESCE(max(value), 0) FROM counter WHERE name = 'outbox';
