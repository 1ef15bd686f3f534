-- :name key_get :one
-- :in channel text
-- :out der bytes, secret bytes
SELECT der, secret FROM wallet_key WHERE channel = $1;

-- :name key_put :exec
-- :in channel text, der bytes, secret bytes
INSERT INTO wallet_key (channel, der, secret) VALUES ($1, $2, $3) ON CONFLICT (channel) DO NOTHING;

-- :name order_insert :exec
-- :in channel text, order_no text, account text, amount money, state text, reason text, received_at instant
INSERT INTO wallet_order (channel, order_no, account, amount_fen, state, reason, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (channel, order_no) DO NOTHING;

-- :name order_get :one
-- :in channel text, order_no text
-- :out account text, amount money, state text, reason text
SELECT account, amount_fen, state, reason FROM wallet_order WHERE channel = $1 AND order_no = $2;

-- :name order_state :exec
-- :in state text, channel text, order_no text
UPDATE wallet_order SET state = $1 WHERE channel = $2 AND order_no = $3;

-- :name credit_insert :exec
-- :in channel text, order_no text, provider_no text, account text, amount money, credited_at instant
INSERT INTO wallet_credit (channel, order_no, provider_no, account, amount_fen, credited_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (channel, order_no) DO NOTHING;

-- :name credit_get :one
-- :in channel text, order_no text
-- :out provider_no text, amount money
SELECT provider_no, amount_fen FROM wallet_credit WHERE channel = $1 AND order_no = $2;

-- :name credits :many
-- :in from_at instant, to_at instant
-- :out channel text, order_no text, provider_no text, account text, amount money, credited_at instant
-- :max 50000
SELECT channel, order_no, provider_no, account, amount_fen, credited_at FROM wallet_credit WHERE credited_at >= $1 AND credited_at < $2
ORDER BY channel, order_no LIMIT 50000;
