-- :name insert :exec
-- :in number text, seller_id int, buyer_id int, kind text, issued_at instant, amount money, tax money, total money, document text, receipt_id int
-- :rows 25
INSERT INTO invoice (number, seller_id, buyer_id, kind, issued_at, amount_fen, tax_fen, total_fen, document, receipt_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- :name get :one
-- :in number text
-- :out number text, seller_id int, buyer_id int, kind text, issued_at instant, amount money, tax money, total money, document text, receipt_id int
SELECT number, seller_id, buyer_id, kind, issued_at, amount_fen, tax_fen, total_fen, document, receipt_id FROM invoice
WHERE number = $1;

-- Nothing changes where the sum would pass the limit; the first of a month meets no row and is not compared.
-- :name quota_add :exec
-- :in seller_id int, period text, amount money, most money
INSERT INTO quota_use (seller_id, period, used_fen) VALUES ($1, $2, $3)
ON CONFLICT (seller_id, period) DO UPDATE SET used_fen = quota_use.used_fen + excluded.used_fen
WHERE quota_use.used_fen + excluded.used_fen <= $4;

-- :name quota_used :one
-- :in seller_id int, period text
-- :out used money
SELECT used_fen FROM quota_use WHERE seller_id = $1 AND period = $2;

-- :name quota_after :many
-- :in period text, after int
-- :out seller_id int, used money
-- :max 1000
SELECT seller_id, used_fen FROM quota_use WHERE period = $1 AND seller_id > $2 ORDER BY seller_id LIMIT 1000;

-- :name state_get :one
-- :in number text
-- :out amount money, tax money, locked bool
SELECT amount_fen, tax_fen, locked FROM invoice_state WHERE number = $1;

-- :name state_add :exec
-- :in number text, amount money, tax money
INSERT INTO invoice_state (number, amount_fen, tax_fen, locked) VALUES ($1, $2, $3, 0)
ON CONFLICT (number) DO UPDATE SET amount_fen = invoice_state.amount_fen + excluded.amount_fen,
  tax_fen = invoice_state.tax_fen + excluded.tax_fen;

-- :name state_lock :exec
-- :in number text, locked bool
INSERT INTO invoice_state (number, amount_fen, tax_fen, locked) VALUES ($1, 0, 0, $2)
ON CONFLICT (number) DO UPDATE SET locked = excluded.locked;

-- :name red_insert :exec
-- :in number text, red_number text
INSERT INTO invoice_red (number, red_number) VALUES ($1, $2);

-- :name reds :many
-- :in number text
-- :out red_number text
-- :max 1000
SELECT red_number FROM invoice_red WHERE number = $1 ORDER BY red_number LIMIT 1000;

-- :name states_wrong :many
-- :out number text
-- :max 100
SELECT s.number FROM invoice_state s LEFT JOIN invoice i ON i.number = s.number
WHERE i.number IS NULL OR s.amount_fen > i.amount_fen OR s.tax_fen > i.tax_fen OR s.amount_fen < 0 LIMIT 100;

-- :name reds_wrong :many
-- :out number text
-- :max 100
SELECT s.number FROM invoice_state s LEFT JOIN invoice_red r ON r.number = s.number LEFT JOIN invoice i ON i.number = r.red_number
GROUP BY s.number, s.amount_fen, s.tax_fen
HAVING COALESCE(sum(i.amount_fen), 0) <> -s.amount_fen OR COALESCE(sum(i.tax_fen), 0) <> -s.tax_fen ORDER BY s.number LIMIT 100;

-- :name counters :many
-- :out name text, value int
-- :max 1000
SELECT name, value FROM counter WHERE name >= 'invoice.' AND name < 'invoice/' ORDER BY name LIMIT 1000;

-- :name after :many
-- :in after text
-- :out number text, seller_id int, buyer_id int, kind text, issued_at instant, amount money, tax money, total money, document text, receipt_id int
-- :max 1000
SELECT number, seller_id, buyer_id, kind, issued_at, amount_fen, tax_fen, total_fen, document, receipt_id FROM invoice
WHERE number > $1 ORDER BY number LIMIT 1000;

-- :name party_row :one
-- :on projection
-- :in party_id int, side int, period text, number text
-- :out kind text, issued_at instant, amount money, tax money, total money, status int
SELECT kind, issued_at, amount_fen, tax_fen, total_fen, status FROM party_invoice
WHERE party_id = $1 AND side = $2 AND period = $3 AND number = $4;

-- :name party_count :one
-- :on projection
-- :out n int
SELECT count(*) FROM party_invoice WHERE imported = 0;

-- :name months_wrong :many
-- :on projection
-- :out party_id int, side int, period text
-- :max 100
SELECT a.party_id, a.side, a.period FROM (SELECT party_id, side, period, count(*) AS n, CAST(sum(amount_fen) AS BIGINT) AS amount, CAST(sum(tax_fen) AS BIGINT) AS tax
  FROM party_invoice GROUP BY party_id, side, period) a
LEFT JOIN party_month m ON m.party_id = a.party_id AND m.side = a.side AND m.period = a.period
WHERE m.n IS NULL OR m.n <> a.n OR m.amount_fen <> a.amount OR m.tax_fen <> a.tax ORDER BY a.party_id, a.side, a.period LIMIT 100;

-- :name sales_wrong :many
-- :on projection
-- :out party_id int, period text
-- :max 100
SELECT m.party_id, m.period FROM party_month m LEFT JOIN (SELECT party_id, period,
  CAST(sum(amount_fen) AS BIGINT) AS amount, CAST(sum(tax_fen) AS BIGINT) AS tax FROM party_sale WHERE side = 0 GROUP BY party_id, period) s ON s.party_id = m.party_id AND s.period = m.period
WHERE m.side = 0 AND (s.amount IS NULL OR s.amount <> m.amount_fen OR s.tax <> m.tax_fen) ORDER BY m.party_id, m.period LIMIT 100;

-- :name draft_insert :exec
-- :in taxpayer_id int, draft_id int, title text, content text, saved_at instant
INSERT INTO invoice_draft (taxpayer_id, draft_id, title, content, saved_at) VALUES ($1, $2, $3, $4, $5);

-- :name draft_update :exec
-- :in title text, content text, saved_at instant, taxpayer_id int, draft_id int
UPDATE invoice_draft SET title = $1, content = $2, saved_at = $3 WHERE taxpayer_id = $4 AND draft_id = $5;

-- :name draft_delete :exec
-- :in taxpayer_id int, draft_id int
DELETE FROM invoice_draft WHERE taxpayer_id = $1 AND draft_id = $2;

-- :name draft_get :one
-- :in taxpayer_id int, draft_id int
-- :out title text, content text, saved_at instant
SELECT title, content, saved_at FROM invoice_draft WHERE taxpayer_id = $1 AND draft_id = $2;

-- :name draft_count :one
-- :in taxpayer_id int
-- :out n int
SELECT count(*) FROM invoice_draft WHERE taxpayer_id = $1;

-- :name drafts :many
-- :in taxpayer_id int
-- :out draft_id int, title text, saved_at instant
-- :max 200
SELECT draft_id, title, saved_at FROM invoice_draft WHERE taxpayer_id = $1 ORDER BY draft_id DESC LIMIT 200;

-- :name file_get :one
-- :in number text, format text
-- :out signature text, signed_at instant
SELECT signature, signed_at FROM invoice_file WHERE number = $1 AND format = $2;

-- :name file_insert :exec
-- :in number text, format text, signature text, signed_at instant
INSERT INTO invoice_file (number, format, signature, signed_at) VALUES ($1, $2, $3, $4) ON CONFLICT (number, format) DO NOTHING;

-- :name party_insert :exec
-- :on projection
-- :in party_id int, side int, period text, number text, other_name text, kind text, issued_at instant, amount money, tax money, total money, status int, original text, imported bool, rate int
-- :rows 18
INSERT INTO party_invoice (party_id, side, period, number, other_name, kind, issued_at, amount_fen, tax_fen, total_fen, status, original, credited, imported, rate)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', $13, $14) ON CONFLICT (party_id, side, period, number) DO NOTHING;

-- :name mixed_insert :exec
-- :on projection
-- :in party_id int, side int, period text, number text, rate int, amount money, tax money
-- :rows 36
INSERT INTO party_mixed (party_id, side, period, number, rate, amount_fen, tax_fen) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (party_id, side, period, number, rate) DO NOTHING;

-- New invoices are booked by nobody.
-- :name cell_add :exec
-- :on projection
-- :in party_id int, side int, period text, kind text, status int, rate int, part int, n int, amount money, tax money, total money, part_amount money, part_tax money
INSERT INTO party_cell (party_id, side, period, kind, status, rate, part, booked, n, amount_fen, tax_fen, total_fen, part_amount_fen, part_tax_fen)
VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, $9, $10, $11, $12, $13)
ON CONFLICT (party_id, side, period, kind, status, rate, part, booked) DO UPDATE SET n = party_cell.n + excluded.n,
  amount_fen = party_cell.amount_fen + excluded.amount_fen, tax_fen = party_cell.tax_fen + excluded.tax_fen,
  total_fen = party_cell.total_fen + excluded.total_fen, part_amount_fen = party_cell.part_amount_fen + excluded.part_amount_fen,
  part_tax_fen = party_cell.part_tax_fen + excluded.part_tax_fen;

-- An invoice leaves its cell (sign -1) or comes into it (1).
-- :name cell_whole :exec
-- :on projection
-- :in sign int, party_id int, side int, period text, number text
INSERT INTO party_cell (party_id, side, period, kind, status, rate, part, booked, n, amount_fen, tax_fen, total_fen, part_amount_fen, part_tax_fen)
SELECT party_id, side, period, kind, status, rate, rate, booked, CAST($1 AS BIGINT), CAST($1 AS BIGINT) * amount_fen, CAST($1 AS BIGINT) * tax_fen,
  CAST($1 AS BIGINT) * total_fen, CAST($1 AS BIGINT) * amount_fen, CAST($1 AS BIGINT) * tax_fen
FROM party_invoice WHERE party_id = $2 AND side = $3 AND period = $4 AND number = $5
ON CONFLICT (party_id, side, period, kind, status, rate, part, booked) DO UPDATE SET n = party_cell.n + excluded.n,
  amount_fen = party_cell.amount_fen + excluded.amount_fen, tax_fen = party_cell.tax_fen + excluded.tax_fen,
  total_fen = party_cell.total_fen + excluded.total_fen, part_amount_fen = party_cell.part_amount_fen + excluded.part_amount_fen,
  part_tax_fen = party_cell.part_tax_fen + excluded.part_tax_fen;

-- :name cell_parts :exec
-- :on projection
-- :in sign int, party_id int, side int, period text, number text
INSERT INTO party_cell (party_id, side, period, kind, status, rate, part, booked, n, amount_fen, tax_fen, total_fen, part_amount_fen, part_tax_fen)
SELECT i.party_id, i.side, i.period, i.kind, i.status, i.rate, m.rate, i.booked, CAST($1 AS BIGINT), CAST($1 AS BIGINT) * i.amount_fen,
  CAST($1 AS BIGINT) * i.tax_fen, CAST($1 AS BIGINT) * i.total_fen, CAST($1 AS BIGINT) * m.amount_fen, CAST($1 AS BIGINT) * m.tax_fen
FROM party_mixed m JOIN party_invoice i ON i.party_id = m.party_id AND i.side = m.side AND i.period = m.period AND i.number = m.number
WHERE m.party_id = $2 AND m.side = $3 AND m.period = $4 AND m.number = $5
ON CONFLICT (party_id, side, period, kind, status, rate, part, booked) DO UPDATE SET n = party_cell.n + excluded.n,
  amount_fen = party_cell.amount_fen + excluded.amount_fen, tax_fen = party_cell.tax_fen + excluded.tax_fen,
  total_fen = party_cell.total_fen + excluded.total_fen, part_amount_fen = party_cell.part_amount_fen + excluded.part_amount_fen,
  part_tax_fen = party_cell.part_tax_fen + excluded.part_tax_fen;

-- Cells that are not what their invoices sum up to.
-- :name cells_wrong :many
-- :on projection
-- :out party_id int, period text
-- :max 100
SELECT a.party_id, a.period FROM (SELECT party_id, side, period, kind, status, rate, booked, count(*) AS n,
  CAST(sum(amount_fen) AS BIGINT) AS amount, CAST(sum(tax_fen) AS BIGINT) AS tax, CAST(sum(total_fen) AS BIGINT) AS total
  FROM party_invoice GROUP BY party_id, side, period, kind, status, rate, booked) a
LEFT JOIN party_cell k ON k.party_id = a.party_id AND k.side = a.side AND k.period = a.period AND k.kind = a.kind AND k.status = a.status
  AND k.rate = a.rate AND k.part = a.rate AND k.booked = a.booked
WHERE k.n IS NULL OR k.n <> a.n OR k.amount_fen <> a.amount OR k.tax_fen <> a.tax OR k.total_fen <> a.total
ORDER BY 1, 2 LIMIT 100;

-- :name party_status :exec
-- :on projection
-- :in status int, party_id int, side int, period text, number text
UPDATE party_invoice SET status = $1 WHERE party_id = $2 AND side = $3 AND period = $4 AND number = $5;

-- :name party_credited :exec
-- :on projection
-- :in credited text, party_id int, period text, number text
UPDATE party_invoice SET credited = $1 WHERE party_id = $2 AND side = 1 AND period = $3 AND number = $4;

-- :name party_booked :exec
-- :on projection
-- :in booked text, party_id int, period text, number text
UPDATE party_invoice SET booked = $1 WHERE party_id = $2 AND side = 1 AND period = $3 AND number = $4;

-- :name month_add :exec
-- :on projection
-- :in party_id int, side int, period text, n int, amount money, tax money
INSERT INTO party_month (party_id, side, period, n, amount_fen, tax_fen) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (party_id, side, period) DO UPDATE SET n = party_month.n + excluded.n,
  amount_fen = party_month.amount_fen + excluded.amount_fen, tax_fen = party_month.tax_fen + excluded.tax_fen;

-- :name sale_add :exec
-- :on projection
-- :in party_id int, side int, period text, kind text, treatment int, rate_ppm int, section int, n int, amount money, tax money
INSERT INTO party_sale (party_id, side, period, kind, treatment, rate_ppm, section, n, amount_fen, tax_fen)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (party_id, side, period, kind, treatment, rate_ppm, section) DO UPDATE SET n = party_sale.n + excluded.n,
  amount_fen = party_sale.amount_fen + excluded.amount_fen, tax_fen = party_sale.tax_fen + excluded.tax_fen;

-- :name party_list :many
-- :on projection
-- :in party_id int, side int, from_period text, to_period text, before_period text, before_number text, kind text, party text, q text, status int, least money, most money
-- :out number text, period text, other_name text, kind text, issued_at instant, amount money, tax money, total money, status int, original text, credited text, imported bool
-- :max 101
SELECT number, period, other_name, kind, issued_at, amount_fen, tax_fen, total_fen, status, original, credited, imported
FROM party_invoice
WHERE party_id = $1 AND side = $2 AND period >= $3 AND period <= $4 AND (period, number) < ($5, $6)
  AND ($7 = '' OR kind = $7) AND ($8 = '' OR lower(other_name) LIKE $8 ESCAPE '!')
  AND ($9 = '' OR number LIKE $9 ESCAPE '!' OR lower(other_name) LIKE $9 ESCAPE '!')
  AND ($10 < 0 OR status = $10) AND total_fen >= $11 AND total_fen <= $12
ORDER BY period DESC, number DESC LIMIT 101;

-- The same in other orders. The place in the list is the row that was last, so that one cursor serves all orders.
-- :name party_by_amount :many
-- :on projection
-- :in party_id int, side int, from_period text, to_period text, kind text, party text, q text, status int, least money, most money, before_number text, before_period text
-- :out number text, period text, other_name text, kind text, issued_at instant, amount money, tax money, total money, status int, original text, credited text, imported bool
-- :max 101
SELECT number, period, other_name, kind, issued_at, amount_fen, tax_fen, total_fen, status, original, credited, imported
FROM party_invoice
WHERE party_id = $1 AND side = $2 AND period >= $3 AND period <= $4
  AND ($5 = '' OR kind = $5) AND ($6 = '' OR lower(other_name) LIKE $6 ESCAPE '!')
  AND ($7 = '' OR number LIKE $7 ESCAPE '!' OR lower(other_name) LIKE $7 ESCAPE '!')
  AND ($8 < 0 OR status = $8) AND total_fen >= $9 AND total_fen <= $10
  AND ($11 = '' OR (total_fen, period, number) < (SELECT total_fen, period, number FROM party_invoice
    WHERE party_id = $1 AND side = $2 AND period = $12 AND number = $11))
ORDER BY total_fen DESC, period DESC, number DESC LIMIT 101;

-- :name party_by_other :many
-- :on projection
-- :in party_id int, side int, from_period text, to_period text, kind text, party text, q text, status int, least money, most money, before_number text, before_period text
-- :out number text, period text, other_name text, kind text, issued_at instant, amount money, tax money, total money, status int, original text, credited text, imported bool
-- :max 101
SELECT number, period, other_name, kind, issued_at, amount_fen, tax_fen, total_fen, status, original, credited, imported
FROM party_invoice
WHERE party_id = $1 AND side = $2 AND period >= $3 AND period <= $4
  AND ($5 = '' OR kind = $5) AND ($6 = '' OR lower(other_name) LIKE $6 ESCAPE '!')
  AND ($7 = '' OR number LIKE $7 ESCAPE '!' OR lower(other_name) LIKE $7 ESCAPE '!')
  AND ($8 < 0 OR status = $8) AND total_fen >= $9 AND total_fen <= $10
  AND ($11 = '' OR (other_name, period, number) > (SELECT other_name, period, number FROM party_invoice
    WHERE party_id = $1 AND side = $2 AND period = $12 AND number = $11))
ORDER BY other_name, period, number LIMIT 101;

-- :name party_sum :one
-- :on projection
-- :in party_id int, side int, from_period text, to_period text, kind text, party text, q text, status int, least money, most money
-- :out n int, amount money, tax money, total money
SELECT count(*), CAST(COALESCE(sum(amount_fen), 0) AS BIGINT), CAST(COALESCE(sum(tax_fen), 0) AS BIGINT),
  CAST(COALESCE(sum(total_fen), 0) AS BIGINT)
FROM party_invoice
WHERE party_id = $1 AND side = $2 AND period >= $3 AND period <= $4
  AND ($5 = '' OR kind = $5) AND ($6 = '' OR lower(other_name) LIKE $6 ESCAPE '!')
  AND ($7 = '' OR number LIKE $7 ESCAPE '!' OR lower(other_name) LIKE $7 ESCAPE '!')
  AND ($8 < 0 OR status = $8) AND total_fen >= $9 AND total_fen <= $10;

-- :name party_totals :one
-- :on projection
-- :in party_id int, side int, period text
-- :out n int, amount money, tax money
SELECT n, amount_fen, tax_fen FROM party_month WHERE party_id = $1 AND side = $2 AND period = $3;

-- :name months :many
-- :on projection
-- :in party_id int, side int, from_period text, to_period text
-- :out period text, n int, amount money, tax money
-- :max 60
SELECT period, n, amount_fen, tax_fen FROM party_month
WHERE party_id = $1 AND side = $2 AND period >= $3 AND period <= $4 ORDER BY period LIMIT 60;

-- :name sale_list :many
-- :on projection
-- :in party_id int, side int, period text
-- :out kind text, treatment int, rate_ppm int, section int, n int, amount money, tax money
-- :max 400
SELECT kind, treatment, rate_ppm, section, n, amount_fen, tax_fen FROM party_sale
WHERE party_id = $1 AND side = $2 AND period = $3 ORDER BY kind, treatment, rate_ppm, section LIMIT 400;

-- :name item_list :many
-- :on projection
-- :in party_id int, side int, period text, after text
-- :out number text, other_name text, kind text, issued_at instant, amount money, tax money
-- :max 200
SELECT number, other_name, kind, issued_at, amount_fen, tax_fen FROM party_invoice
WHERE party_id = $1 AND side = $2 AND period = $3 AND number > $4 ORDER BY number LIMIT 200;

-- :name creditable_rows :many
-- :on projection
-- :in buyer_id int, period text, after_period text, after_number text, credited text
-- :out number text, period text, other_name text, issued_at instant, amount money, tax money, credited text
-- :max 101
SELECT number, period, other_name, issued_at, amount_fen, tax_fen, credited FROM party_invoice
WHERE party_id = $1 AND side = 1 AND period <= $2 AND (period, number) > ($3, $4) AND kind IN ('special', 'vehicle') AND status = 0
  AND credited = $5 ORDER BY period, number LIMIT 101;

-- Received and not booked, or booking undone: blue and red ones.
-- :name unbooked_rows :many
-- :on projection
-- :in buyer_id int, period text, before_period text, before_number text
-- :out number text, period text, other_name text, issued_at instant, amount money, tax money, credited text
-- :max 101
SELECT number, period, other_name, issued_at, amount_fen, tax_fen, credited FROM party_invoice
WHERE party_id = $1 AND side = 1 AND period <= $2 AND (period, number) < ($3, $4) AND booked IN ('', 'cancelled')
  AND status <> 2 ORDER BY period DESC, number DESC LIMIT 101;

-- :name booked_rows :many
-- :on projection
-- :in after int
-- :out party_id int, n int
-- :max 1000
SELECT party_id, count(*) FROM party_invoice WHERE party_id > $1 AND side = 1 AND booked IN ('deductible', 'not-deductible')
GROUP BY party_id ORDER BY party_id LIMIT 1000;

-- The parts of an invoice of several rates are the invoice.
-- :name mixed_wrong :many
-- :on projection
-- :out party_id int, number text
-- :max 100
SELECT i.party_id, i.number FROM party_invoice i LEFT JOIN (SELECT party_id, side, period, number, CAST(sum(amount_fen) AS BIGINT) AS amount,
  CAST(sum(tax_fen) AS BIGINT) AS tax FROM party_mixed GROUP BY party_id, side, period, number) m
  ON m.party_id = i.party_id AND m.side = i.side AND m.period = i.period AND m.number = i.number
WHERE (i.rate = -8) <> (m.number IS NOT NULL) OR m.amount <> i.amount_fen OR m.tax <> i.tax_fen ORDER BY i.party_id, i.number LIMIT 100;

-- :name batch_insert :exec
-- :in seller_id int, key text, body_hash text, n_lines int, started_at instant
INSERT INTO invoice_batch (seller_id, key, body_hash, n_lines, done, started_at) VALUES ($1, $2, $3, $4, 0, $5)
ON CONFLICT (seller_id, key) DO NOTHING;

-- :name batch_get :one
-- :in seller_id int, key text
-- :out body_hash text, done int
SELECT body_hash, done FROM invoice_batch WHERE seller_id = $1 AND key = $2;

-- :name batch_step :exec
-- :in seller_id int, key text, done int
UPDATE invoice_batch SET done = done + 1 WHERE seller_id = $1 AND key = $2 AND done = $3;

-- :name batch_part_insert :exec
-- :in seller_id int, key text, part int, receipt_id int, first text, n int, result text
INSERT INTO invoice_batch_part (seller_id, key, part, receipt_id, first, n, result) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- :name batch_part :one
-- :in seller_id int, key text, part int
-- :out first text, result text
SELECT first, result FROM invoice_batch_part WHERE seller_id = $1 AND key = $2 AND part = $3;

-- :name range :many
-- :in from_number text, most int
-- :out number text, document text, receipt_id int
-- :max 1000
SELECT number, document, receipt_id FROM invoice WHERE number >= $1 ORDER BY number LIMIT $2;

-- The tax account: one side of it by all its conditions. rate 2000000: any.
-- :name account_rows :many
-- :on projection
-- :in party_id int, side int, from_period text, to_period text, kind text, party text, q text, status int, least money, most money, booked text, rate int, before_period text, before_number text
-- :out number text, period text, other_name text, kind text, issued_at instant, amount money, tax money, total money, status int, original text, credited text, booked text, imported bool, rate int
-- :max 101
SELECT number, period, other_name, kind, issued_at, amount_fen, tax_fen, total_fen, status, original, credited, booked, imported, rate
FROM party_invoice i
WHERE party_id = $1 AND side = $2 AND period >= $3 AND period <= $4
  AND ($5 = '' OR kind = $5) AND ($6 = '' OR lower(other_name) LIKE $6 ESCAPE '!')
  AND ($7 = '' OR number LIKE $7 ESCAPE '!' OR lower(other_name) LIKE $7 ESCAPE '!')
  AND ($8 < 0 OR status = $8) AND total_fen >= $9 AND total_fen <= $10 AND ($11 = '' OR booked = $11 OR ($11 = 'open' AND booked = ''))
  AND ($12 = 2000000 OR rate = $12 OR (rate = -8 AND EXISTS (SELECT 1 FROM party_mixed m WHERE m.party_id = i.party_id AND m.side = i.side
    AND m.period = i.period AND m.number = i.number AND m.rate = $12)))
  AND (period, number) < ($13, $14)
ORDER BY period DESC, number DESC LIMIT 101;

-- Sums by month and rate; -8: those of several rates.
-- :name account_sums :many
-- :on projection
-- :in party_id int, side int, from_period text, to_period text, kind text, party text, q text, status int, least money, most money, booked text, rate int
-- :out period text, rate int, n int, amount money, tax money, total money
-- :max 1000
SELECT period, rate, count(*), CAST(sum(amount_fen) AS BIGINT), CAST(sum(tax_fen) AS BIGINT), CAST(sum(total_fen) AS BIGINT)
FROM party_invoice i
WHERE party_id = $1 AND side = $2 AND period >= $3 AND period <= $4
  AND ($5 = '' OR kind = $5) AND ($6 = '' OR lower(other_name) LIKE $6 ESCAPE '!')
  AND ($7 = '' OR number LIKE $7 ESCAPE '!' OR lower(other_name) LIKE $7 ESCAPE '!')
  AND ($8 < 0 OR status = $8) AND total_fen >= $9 AND total_fen <= $10 AND ($11 = '' OR booked = $11 OR ($11 = 'open' AND booked = ''))
  AND ($12 = 2000000 OR rate = $12 OR (rate = -8 AND EXISTS (SELECT 1 FROM party_mixed m WHERE m.party_id = i.party_id AND m.side = i.side
    AND m.period = i.period AND m.number = i.number AND m.rate = $12)))
GROUP BY period, rate ORDER BY period, rate LIMIT 1000;

-- The parts of those of several rates. CROSS: SQLite begins with them, and not with all invoices of the months.
-- :name account_parts_sums :many
-- :on projection
-- :in party_id int, side int, from_period text, to_period text, kind text, party text, q text, status int, least money, most money, booked text, rate int
-- :out period text, rate int, amount money, tax money
-- :max 1000
SELECT i.period, p.rate, CAST(sum(p.amount_fen) AS BIGINT), CAST(sum(p.tax_fen) AS BIGINT)
FROM party_mixed p CROSS JOIN party_invoice i
WHERE p.party_id = $1 AND p.side = $2 AND p.period >= $3 AND p.period <= $4
  AND i.party_id = p.party_id AND i.side = p.side AND i.period = p.period AND i.number = p.number
  AND ($5 = '' OR i.kind = $5) AND ($6 = '' OR lower(i.other_name) LIKE $6 ESCAPE '!')
  AND ($7 = '' OR i.number LIKE $7 ESCAPE '!' OR lower(i.other_name) LIKE $7 ESCAPE '!')
  AND ($8 < 0 OR i.status = $8) AND i.total_fen >= $9 AND i.total_fen <= $10
  AND ($11 = '' OR i.booked = $11 OR ($11 = 'open' AND i.booked = '')) AND ($12 = 2000000 OR p.rate = $12)
GROUP BY i.period, p.rate ORDER BY i.period, p.rate LIMIT 1000;

-- By what is chosen from lists alone: from the cells.
-- :name account_cells :many
-- :on projection
-- :in party_id int, side int, from_period text, to_period text, kind text, status int, booked text, part int
-- :out period text, rate int, part int, n int, amount money, tax money, total money, part_amount money, part_tax money
-- :max 1000
SELECT period, rate, part, CAST(sum(n) AS BIGINT), CAST(sum(amount_fen) AS BIGINT), CAST(sum(tax_fen) AS BIGINT), CAST(sum(total_fen) AS BIGINT),
  CAST(sum(part_amount_fen) AS BIGINT), CAST(sum(part_tax_fen) AS BIGINT)
FROM party_cell
WHERE party_id = $1 AND side = $2 AND period >= $3 AND period <= $4 AND n > 0 AND ($5 = '' OR kind = $5) AND ($6 < 0 OR status = $6)
  AND ($7 = '' OR booked = $7 OR ($7 = 'open' AND booked = '')) AND ($8 = 2000000 OR part = $8)
GROUP BY period, rate, part ORDER BY period, part, rate LIMIT 1000;

-- The same without conditions, from what is summed already.
-- :name account_sales :many
-- :on projection
-- :in party_id int, side int, from_period text, to_period text
-- :out period text, treatment int, rate_ppm int, amount money, tax money
-- :max 1000
SELECT period, treatment, rate_ppm, CAST(sum(amount_fen) AS BIGINT), CAST(sum(tax_fen) AS BIGINT) FROM party_sale
WHERE party_id = $1 AND side = $2 AND period >= $3 AND period <= $4
GROUP BY period, treatment, rate_ppm ORDER BY period, treatment, rate_ppm LIMIT 1000;
