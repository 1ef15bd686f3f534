-- :name entry_insert :exec
-- :in position int, entry bytes
INSERT INTO log_entry (position, entry) VALUES ($1, $2);

-- :name entries_from :many
-- :in position int
-- :out position int, entry bytes
-- :max 256
SELECT position, entry FROM log_entry WHERE position >= $1 ORDER BY position LIMIT 256;

-- :name tile_get :one
-- :in level int, tile int
-- :out hashes bytes
SELECT hashes FROM log_tile WHERE level = $1 AND tile = $2;

-- :name tile_put :exec
-- :in level int, tile int, hashes bytes
INSERT INTO log_tile (level, tile, hashes) VALUES ($1, $2, $3)
ON CONFLICT (level, tile) DO UPDATE SET hashes = excluded.hashes;

-- :name checkpoint_get :one
-- :out size int, note text
SELECT size, note FROM log_checkpoint WHERE log = 1;

-- :name checkpoint_put :exec
-- :in size int, note text
INSERT INTO log_checkpoint (log, size, note) VALUES (1, $1, $2)
ON CONFLICT (log) DO UPDATE SET size = excluded.size, note = excluded.note;

-- :name witnessed_get :one
-- :out size int, note text, witnesses int
SELECT size, note, witnesses FROM log_witnessed WHERE log = 1;

-- Never backwards, when two processes ask the witnesses at once.
-- :name witnessed_put :exec
-- :in size int, note text, witnesses int
INSERT INTO log_witnessed (log, size, note, witnesses) VALUES (1, $1, $2, $3)
ON CONFLICT (log) DO UPDATE SET size = excluded.size, note = excluded.note, witnesses = excluded.witnesses
WHERE log_witnessed.size < excluded.size
OR (log_witnessed.size = excluded.size AND log_witnessed.witnesses < excluded.witnesses);

-- :name insert :exec
-- :in receipt_id int, holder_id int, kind int, position int, at instant, salt bytes, act text
INSERT INTO receipt (receipt_id, holder_id, kind, position, at, salt, act) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- :name get :one
-- :in receipt_id int
-- :out holder_id int, kind int, position int, at instant, salt bytes, act text
SELECT holder_id, kind, position, at, salt, act FROM receipt WHERE receipt_id = $1;

-- :name without_entry :many
-- :out receipt_id int
-- :max 100
SELECT r.receipt_id FROM receipt r LEFT JOIN log_entry e ON e.position = r.position WHERE e.position IS NULL LIMIT 100;

-- :name entry_count :one
-- :out n int, last int
SELECT count(*), COALESCE(max(position), -1) FROM log_entry;

-- :name own_insert :exec
-- :in holder_id int, receipt_id int, kind int, at instant
INSERT INTO receipt_own (holder_id, receipt_id, kind, at) VALUES ($1, $2, $3, $4);

-- :name own_list :many
-- :in holder_id int, before int, most int
-- :out receipt_id int, kind int, at instant
-- :max 50
SELECT receipt_id, kind, at FROM receipt_own WHERE holder_id = $1 AND receipt_id < $2 ORDER BY receipt_id DESC LIMIT $3;

-- :name after :many
-- :in receipt_id int
-- :out receipt_id int, kind int, position int, at instant, salt bytes, act text
-- :max 256
SELECT receipt_id, kind, position, at, salt, act FROM receipt WHERE receipt_id > $1 ORDER BY receipt_id LIMIT 256;

-- :name entry_get :one
-- :in position int
-- :out entry bytes
SELECT entry FROM log_entry WHERE position = $1;

-- :name entries_without :many
-- :out position int
-- :max 100
SELECT e.position FROM log_entry e LEFT JOIN receipt r ON r.position = e.position WHERE r.position IS NULL
ORDER BY e.position LIMIT 100;

-- :name doubled :many
-- :out position int
-- :max 100
SELECT position FROM receipt GROUP BY position HAVING count(*) > 1 ORDER BY position LIMIT 100;

-- :name tile_count :one
-- :out n int
SELECT count(*) FROM log_tile;
