-- :name answer_get :one
-- :in owner_id int, idempotency_key text
-- :out operation text, body text, status int, location text?, answer text
SELECT operation, body, status, location, answer FROM idempotency WHERE owner_id = $1 AND idempotency_key = $2;

-- :name answer_insert :exec
-- :in owner_id int, idempotency_key text, operation text, body text, status int, location text?, answer text, at instant
INSERT INTO idempotency (owner_id, idempotency_key, operation, body, status, location, answer, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- :name answers_after :many
-- :in owner_id int, idempotency_key text
-- :out owner_id int, idempotency_key text, at instant
-- :max 1000
SELECT owner_id, idempotency_key, at FROM idempotency WHERE owner_id > $1 OR (owner_id = $1 AND idempotency_key > $2)
ORDER BY owner_id, idempotency_key LIMIT 1000;

-- :name answer_delete :exec
-- :in owner_id int, idempotency_key text, before instant
DELETE FROM idempotency WHERE owner_id = $1 AND idempotency_key = $2 AND at < $3;
