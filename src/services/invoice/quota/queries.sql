-- :name request_insert :exec
-- :in taxpayer_id int, request_id int, period text, amount money, contracts money, reason text, instant bool, state int, granted money, note text, document text, asked_at instant, decided_at instant
INSERT INTO quota_request (taxpayer_id, request_id, period, amount_fen, contracts_fen, reason, instant, state, granted_fen, note, document, asked_at, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- :name request_get :one
-- :in taxpayer_id int, request_id int
-- :out period text, amount money, contracts money, reason text, instant bool, state int, granted money, note text, document text, asked_at instant, decided_at instant
SELECT period, amount_fen, contracts_fen, reason, instant, state, granted_fen, note, document, asked_at, decided_at
FROM quota_request WHERE taxpayer_id = $1 AND request_id = $2;

-- :name request_set :exec
-- :in state int, granted money, note text, decided_at instant, taxpayer_id int, request_id int
UPDATE quota_request SET state = $1, granted_fen = $2, note = $3, decided_at = $4 WHERE taxpayer_id = $5 AND request_id = $6;

-- :name request_amend :exec
-- :in amount money, contracts money, reason text, taxpayer_id int, request_id int
UPDATE quota_request SET amount_fen = $1, contracts_fen = $2, reason = $3, state = 1 WHERE taxpayer_id = $4 AND request_id = $5;

-- :name requests :many
-- :in taxpayer_id int
-- :out request_id int, period text, amount money, state int, granted money, asked_at instant
-- :max 50
SELECT request_id, period, amount_fen, state, granted_fen, asked_at FROM quota_request WHERE taxpayer_id = $1
ORDER BY request_id DESC LIMIT 50;

-- :name request_open :one
-- :in taxpayer_id int
-- :out request_id int
SELECT request_id FROM quota_request WHERE taxpayer_id = $1 AND state IN (1, 3, 5, 6) ORDER BY request_id DESC LIMIT 1;

-- :name waiting :many
-- :in after int
-- :out taxpayer_id int, request_id int, period text, amount money, contracts money, state int, asked_at instant
-- :max 51
SELECT taxpayer_id, request_id, period, amount_fen, contracts_fen, state, asked_at FROM quota_request
WHERE state IN (1, 3, 6) AND request_id > $1 ORDER BY request_id LIMIT 51;

-- :name change_insert :exec
-- :in taxpayer_id int, change_id int, period text, way text, before money, after money, full money, at instant
INSERT INTO quota_change (taxpayer_id, change_id, period, way, before_fen, after_fen, full_fen, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- :name change_last :one
-- :in taxpayer_id int, period text
-- :out way text, after money, full money
SELECT way, after_fen, full_fen FROM quota_change WHERE taxpayer_id = $1 AND period = $2 ORDER BY change_id DESC LIMIT 1;

-- :name changes :many
-- :in taxpayer_id int
-- :out period text, way text, before money, after money, at instant
-- :max 20
SELECT period, way, before_fen, after_fen, changed_at FROM quota_change WHERE taxpayer_id = $1 ORDER BY change_id DESC LIMIT 20;

-- :name run_get :one
-- :out period text
SELECT period FROM quota_run ORDER BY period DESC LIMIT 1;

-- :name run_insert :exec
-- :in period text, done_at instant
INSERT INTO quota_run (period, done_at) VALUES ($1, $2) ON CONFLICT (period) DO NOTHING;

-- :name wrong :many
-- :out taxpayer_id int, request_id int
-- :max 100
SELECT taxpayer_id, request_id FROM quota_request WHERE (state = 7 AND granted_fen < amount_fen AND instant = 1) OR (state <> 7 AND granted_fen <> 0)
LIMIT 100;
