-- :name progress :one
-- :out events int
SELECT events FROM status_progress WHERE id = 1;

-- :name progress_put :exec
-- :in events int
INSERT INTO status_progress (id, events) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET events = excluded.events;

-- :name get :one
-- :in region text, month text, n int
-- :out last int, events int, as_of instant, bytes bytes
SELECT last, events, as_of, bytes FROM status_file WHERE region = $1 AND month = $2 AND n = $3;

-- :name put :exec
-- :in region text, month text, n int, last int, events int, as_of instant, size int, bytes bytes
INSERT INTO status_file (region, month, n, last, events, as_of, size, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (region, month, n) DO UPDATE SET last = excluded.last, events = excluded.events, as_of = excluded.as_of,
  size = excluded.size, bytes = excluded.bytes;

-- :name newest :one
-- :in region text, month text
-- :out n int, as_of instant
SELECT n, as_of FROM status_file WHERE region = $1 AND month = $2 ORDER BY n DESC LIMIT 1;

-- :name deltas :many
-- :in region text, month text, after int
-- :out n int, bytes bytes
-- :max 100
SELECT n, bytes FROM status_file WHERE region = $1 AND month = $2 AND n > $3 ORDER BY n LIMIT 100;

-- :name months :many
-- :out region text, month text, last int, events int, as_of instant, size int
-- :max 2000
SELECT region, month, last, events, as_of, size FROM status_file WHERE n = 0 ORDER BY month DESC, region LIMIT 2000;

-- :name files :many
-- :in region text, month text, after int
-- :out n int, as_of instant, size int
-- :max 5000
SELECT n, as_of, size FROM status_file WHERE region = $1 AND month = $2 AND n > $3 ORDER BY n LIMIT 5000;

-- :name forget :exec
-- :in before instant, region text, month text, last int
DELETE FROM status_file WHERE n > 0 AND as_of < $1 AND region = $2 AND month = $3 AND n <= $4;
