-- :name key_get :one
-- :out der bytes
SELECT der FROM bank_key WHERE one = 1;

-- :name key_put :exec
-- :in der bytes
INSERT INTO bank_key (one, der) VALUES (1, $1) ON CONFLICT (one) DO NOTHING;

-- :name order_insert :exec
-- :in voucher text, amount money, valid_until instant, state text, reason text?, received_at instant
INSERT INTO bank_order (voucher, amount_fen, valid_until, state, reason, received_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (voucher) DO NOTHING;

-- :name order_get :one
-- :in voucher text
-- :out amount money, valid_until instant, state text, reason text?
SELECT amount_fen, valid_until, state, reason FROM bank_order WHERE voucher = $1;

-- :name order_state :exec
-- :in state text, reason text?, voucher text
UPDATE bank_order SET state = $1, reason = $2 WHERE voucher = $3;

-- :name debit_insert :exec
-- :in voucher text, bank_no text, amount money, debited_at instant
INSERT INTO bank_debit (voucher, bank_no, amount_fen, debited_at) VALUES ($1, $2, $3, $4) ON CONFLICT (voucher) DO NOTHING;

-- :name debit_get :one
-- :in voucher text
-- :out bank_no text, amount money, debited_at instant
SELECT bank_no, amount_fen, debited_at FROM bank_debit WHERE voucher = $1;

-- :name debits_between :many
-- :in from_at instant, to_at instant
-- :out voucher text, bank_no text, amount money, debited_at instant
-- :max 50000
SELECT voucher, bank_no, amount_fen, debited_at FROM bank_debit WHERE debited_at >= $1 AND debited_at < $2
ORDER BY debited_at, voucher;

-- :name debits_after :many
-- :in voucher text
-- :out voucher text, amount money
-- :max 1000
SELECT voucher, amount_fen FROM bank_debit WHERE voucher > $1 ORDER BY voucher LIMIT 1000;
