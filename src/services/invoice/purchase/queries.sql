-- :name insert :exec
-- :in buyer_id int, number text, seller_tax_id text, seller_name text, kind text, issued_on date, amount money, tax money, imported_at instant
INSERT INTO purchase (buyer_id, number, seller_tax_id, seller_name, kind, issued_on, amount_fen, tax_fen, imported_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (buyer_id, number) DO NOTHING;

-- :name get :one
-- :in buyer_id int, number text
-- :out kind text, issued_on date, amount money, tax money
SELECT kind, issued_on, amount_fen, tax_fen FROM purchase WHERE buyer_id = $1 AND number = $2;

-- :name credit_insert :exec
-- :in buyer_id int, number text, period text, tax money, at instant
INSERT INTO input_credit (buyer_id, number, period, tax_fen, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (buyer_id, number) DO NOTHING;

-- :name credit_get :one
-- :in buyer_id int, number text
-- :out period text, tax money
SELECT period, tax_fen FROM input_credit WHERE buyer_id = $1 AND number = $2;

-- :name credit_totals :one
-- :in buyer_id int, period text
-- :out n int, tax money
SELECT count(*), CAST(COALESCE(sum(tax_fen), 0) AS BIGINT) FROM input_credit WHERE buyer_id = $1 AND period = $2;

-- :name credit_list :many
-- :in buyer_id int, period text, after text
-- :out number text, tax money
-- :max 200
SELECT number, tax_fen FROM input_credit WHERE buyer_id = $1 AND period = $2 AND number > $3 ORDER BY number LIMIT 200;

-- :name seller :one
-- :in buyer_id int, number text
-- :out seller_name text, amount money
SELECT seller_name, amount_fen FROM purchase WHERE buyer_id = $1 AND number = $2;
