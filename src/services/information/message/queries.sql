-- :name insert :exec
-- :in subject_id int, message_id int, kind text, area int, bundle text, at instant, body text
INSERT INTO message (subject_id, message_id, kind, area, bundle, at, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (subject_id, message_id) DO NOTHING;

-- :name bundled :one
-- :in subject_id int, bundle text
-- :out message_id int, body text
SELECT message_id, body FROM message WHERE subject_id = $1 AND bundle = $2 AND bundle <> '' ORDER BY message_id DESC LIMIT 1;

-- :name remove :exec
-- :in subject_id int, message_id int
DELETE FROM message WHERE subject_id = $1 AND message_id = $2;

-- :name list :many
-- :in subject_id int, areas int, before int, only_unread int
-- :out message_id int, kind text, at instant, body text, read_at instant?
-- :max 50
SELECT message_id, kind, at, body, read_at FROM message
WHERE subject_id = $1 AND (area & $2) <> 0 AND message_id < $3 AND ($4 = 0 OR read_at IS NULL)
ORDER BY message_id DESC LIMIT 50;

-- :name top :many
-- :in subject_id int, areas int
-- :out message_id int, kind text, at instant, body text, read_at instant?, unread int
-- :max 3
SELECT m.message_id, m.kind, m.at, m.body, m.read_at,
  (SELECT count(*) FROM (SELECT 1 FROM message u WHERE u.subject_id = $1 AND (u.area & $2) <> 0 AND u.read_at IS NULL LIMIT 100) n)
FROM message m WHERE m.subject_id = $1 AND (m.area & $2) <> 0 ORDER BY m.message_id DESC LIMIT 3;

-- :name unread :one
-- :in subject_id int, areas int
-- :out n int
SELECT count(*) FROM (SELECT 1 FROM message WHERE subject_id = $1 AND (area & $2) <> 0 AND read_at IS NULL LIMIT 100) n;

-- :name get :one
-- :in subject_id int, message_id int, areas int
-- :out kind text, at instant, body text, read_at instant?
SELECT kind, at, body, read_at FROM message WHERE subject_id = $1 AND message_id = $2 AND (area & $3) <> 0;

-- :name mark :exec
-- :in read_at instant, subject_id int, message_id int
UPDATE message SET read_at = $1 WHERE subject_id = $2 AND message_id = $3 AND read_at IS NULL;

-- :name mark_all :exec
-- :in read_at instant, subject_id int, areas int, up_to int
UPDATE message SET read_at = $1 WHERE subject_id = $2 AND (area & $3) <> 0 AND message_id <= $4 AND read_at IS NULL;

-- :name old :many
-- :in before instant
-- :out subject_id int, message_id int
-- :max 1000
SELECT subject_id, message_id FROM message WHERE at < $1 ORDER BY at LIMIT 1000;

-- :name received_get :one
-- :out position int
SELECT position FROM message_received WHERE id = 1;

-- :name received_set :exec
-- :in position int
UPDATE message_received SET position = $1 WHERE id = 1;
