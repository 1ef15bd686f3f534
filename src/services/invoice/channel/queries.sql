-- :name setting_get :one
-- :in name text
-- :out sealed text
SELECT sealed FROM channel_setting WHERE name = $1;

-- :name setting_put :exec
-- :in name text, sealed text, at instant
INSERT INTO channel_setting (name, sealed, at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, at = excluded.at;

-- :name message_get :one
-- :in id text
-- :out digest text, answer text, at instant
SELECT digest, answer, at FROM channel_message WHERE id = $1;

-- :name message_put :exec
-- :in id text, digest text, answer text, at instant
INSERT INTO channel_message (id, digest, answer, at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING;

-- :name message_forget :exec
-- :in before instant
DELETE FROM channel_message WHERE at < $1;

-- :name message_repeat :exec
-- :in most int, id text
UPDATE channel_message SET repeats = repeats + 1 WHERE repeats < $1 AND id = $2;

-- :name head_put :exec
-- :in id text, message text, at instant
INSERT INTO channel_head (id, message, at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING;

-- :name head_get :one
-- :in id text
-- :out message text
SELECT message FROM channel_head WHERE id = $1;

-- :name head_forget :exec
-- :in before instant
DELETE FROM channel_head WHERE at < $1;
