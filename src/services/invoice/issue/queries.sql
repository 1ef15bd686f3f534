-- :name insert :exec
-- :in number text, seller_id int, buyer_id int, kind text, issued_at instant, amount money, tax money, total money, document text, receipt_id int
INSERT INTO invoice (number, seller_id, buyer_id, kind, issued_at, amount_fen, tax_fen, total_fen, document, receipt_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- :name get :one
-- :in number text
-- :out number text, seller_id int, buyer_id int, kind text, issued_at instant, amount money, tax money, total money, document text, receipt_id int
SELECT number, seller_id, buyer_id, kind, issued_at, amount_fen, tax_fen, total_fen, document, receipt_id FROM invoice
WHERE number = $1;

-- :name quota_add :one
-- :in seller_id int, period text, amount money
-- :out used money
INSERT INTO quota_use (seller_id, period, used_fen) VALUES ($1, $2, $3)
ON CONFLICT (seller_id, period) DO UPDATE SET used_fen = quota_use.used_fen + excluded.used_fen RETURNING used_fen;

-- :name span :one
-- :in prefix_from text, prefix_to text
-- :out n int, last text?
SELECT count(*), max(number) FROM invoice WHERE number >= $1 AND number < $2;

-- :name party_insert :exec
-- :on projection
-- :in party_id int, side int, period text, number text, other_name text, kind text, issued_at instant, amount money, tax money
INSERT INTO party_invoice (party_id, side, period, number, other_name, kind, issued_at, amount_fen, tax_fen)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (party_id, side, period, number) DO NOTHING;

-- :name party_list :many
-- :on projection
-- :in party_id int, side int, period text, after text
-- :out number text, other_name text, kind text, issued_at instant, amount money, tax money
-- :max 200
SELECT number, other_name, kind, issued_at, amount_fen, tax_fen FROM party_invoice
WHERE party_id = $1 AND side = $2 AND period = $3 AND number > $4 ORDER BY number LIMIT 200;

-- :name party_totals :one
-- :on projection
-- :in party_id int, side int, period text
-- :out n int, amount money, tax money
SELECT count(*), CAST(COALESCE(sum(amount_fen), 0) AS BIGINT), CAST(COALESCE(sum(tax_fen), 0) AS BIGINT) FROM party_invoice
WHERE party_id = $1 AND side = $2 AND period = $3;

-- :name seller_sum_add :exec
-- :on projection
-- :in seller_id int, period text, kind text, rate_ppm int, section int, n int, amount money, tax money
INSERT INTO seller_sum (seller_id, period, kind, rate_ppm, section, n, amount_fen, tax_fen)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (seller_id, period, kind, rate_ppm, section) DO UPDATE SET
n = seller_sum.n + excluded.n, amount_fen = seller_sum.amount_fen + excluded.amount_fen,
tax_fen = seller_sum.tax_fen + excluded.tax_fen;

-- :name seller_sums :many
-- :on projection
-- :in seller_id int, period_from text, period_to text
-- :out kind text, rate_ppm int, section int, n int, amount money, tax money
-- :max 400
SELECT kind, rate_ppm, section, CAST(sum(n) AS BIGINT), CAST(sum(amount_fen) AS BIGINT), CAST(sum(tax_fen) AS BIGINT)
FROM seller_sum WHERE seller_id = $1 AND period >= $2 AND period <= $3
GROUP BY kind, rate_ppm, section ORDER BY kind, rate_ppm DESC, section;
