-- :name insert :exec
-- :in buyer_id int, number text, seller_tax_id text, seller_name text, kind text, issued_on date, amount money, tax money, imported_at instant
INSERT INTO purchase (buyer_id, number, seller_tax_id, seller_name, kind, issued_on, amount_fen, tax_fen, imported_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (buyer_id, number) DO NOTHING;

-- :name get :one
-- :in buyer_id int, number text
-- :out kind text, issued_on date, amount money, tax money, seller_tax_id text, seller_name text, imported_at instant
SELECT kind, issued_on, amount_fen, tax_fen, seller_tax_id, seller_name, imported_at FROM purchase WHERE buyer_id = $1 AND number = $2;

-- :name credit_insert :exec
-- :in buyer_id int, number text, period text, tax money, at instant, purpose text
INSERT INTO input_credit (buyer_id, number, period, tax_fen, at, purpose) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (buyer_id, number) DO NOTHING;

-- :name credit_get :one
-- :in buyer_id int, number text
-- :out period text, tax money, purpose text
SELECT period, tax_fen, purpose FROM input_credit WHERE buyer_id = $1 AND number = $2;

-- :name credit_totals :one
-- :in buyer_id int, period text
-- :out n int, tax money
SELECT count(*), CAST(COALESCE(sum(tax_fen), 0) AS BIGINT) FROM input_credit
WHERE buyer_id = $1 AND period = $2 AND purpose = 'deduct';

-- :name credit_uses :many
-- :in buyer_id int, period text
-- :out purpose text, n int, tax money
-- :max 4
SELECT purpose, count(*), CAST(sum(tax_fen) AS BIGINT) FROM input_credit WHERE buyer_id = $1 AND period = $2
GROUP BY purpose ORDER BY purpose LIMIT 4;

-- :name credit_delete :exec
-- :in buyer_id int, number text
DELETE FROM input_credit WHERE buyer_id = $1 AND number = $2;

-- :name transfer_insert :exec
-- :in buyer_id int, red_number text, number text, period text, tax money, at instant
INSERT INTO input_transfer_out (buyer_id, red_number, number, period, tax_fen, at) VALUES ($1, $2, $3, $4, $5, $6);

-- :name transfer_total :one
-- :in buyer_id int, period text
-- :out n int, tax money
SELECT count(*), CAST(COALESCE(sum(tax_fen), 0) AS BIGINT) FROM input_transfer_out WHERE buyer_id = $1 AND period = $2;

-- :name transfer_list :many
-- :in buyer_id int, period text, after text
-- :out red_number text, number text, tax money
-- :max 200
SELECT red_number, number, tax_fen FROM input_transfer_out WHERE buyer_id = $1 AND period = $2 AND red_number > $3 ORDER BY red_number LIMIT 200;

-- :name transfers_wrong :many
-- :out number text
-- :max 100
SELECT t.number FROM (SELECT buyer_id, number, CAST(sum(tax_fen) AS BIGINT) AS tax_fen FROM input_transfer_out GROUP BY buyer_id, number) t
LEFT JOIN input_credit i ON i.buyer_id = t.buyer_id AND i.number = t.number
WHERE i.number IS NULL OR i.purpose <> 'deduct' OR t.tax_fen > i.tax_fen LIMIT 100;

-- :name closed_insert :exec
-- :in buyer_id int, period text, closed_at instant
INSERT INTO credit_closed (buyer_id, period, closed_at) VALUES ($1, $2, $3) ON CONFLICT (buyer_id, period) DO NOTHING;

-- :name closed_get :one
-- :in buyer_id int, period text
-- :out closed_at instant
SELECT closed_at FROM credit_closed WHERE buyer_id = $1 AND period = $2;

-- :name credit_list :many
-- :in buyer_id int, period text, after text
-- :out number text, tax money
-- :max 200
SELECT number, tax_fen FROM input_credit WHERE buyer_id = $1 AND period = $2 AND number > $3 AND purpose = 'deduct' ORDER BY number LIMIT 200;

-- :name list_rows :many
-- :in buyer_id int, before text
-- :out number text, kind text, issued_on date, seller_name text, amount money, tax money, imported_at instant, period text
-- :max 51
SELECT p.number, p.kind, p.issued_on, p.seller_name, p.amount_fen, p.tax_fen, p.imported_at, COALESCE(i.period, '')
FROM purchase p LEFT JOIN input_credit i ON i.buyer_id = p.buyer_id AND i.number = p.number
WHERE p.buyer_id = $1 AND p.number < $2 ORDER BY p.number DESC LIMIT 51;
