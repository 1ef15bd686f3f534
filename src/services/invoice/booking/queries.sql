-- :name get :one
-- :in number text
-- :out holder_id int, buyer_id int, entry text, voucher text, period text, issued_on date, total money, at instant
SELECT holder_id, buyer_id, entry, voucher, period, issued_on, total_fen, at FROM booking WHERE number = $1;

-- One row an invoice; what was cancelled may be booked anew, by whomever.
-- :name put :exec
-- :in number text, holder_id int, buyer_id int, entry text, voucher text, period text, issued_on date, total money, paper bool, at instant
INSERT INTO booking (number, holder_id, buyer_id, entry, voucher, period, issued_on, total_fen, paper, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (number) DO UPDATE SET holder_id = excluded.holder_id, buyer_id = excluded.buyer_id, entry = excluded.entry,
  voucher = excluded.voucher, period = excluded.period, at = excluded.at WHERE booking.entry = 'cancelled';

-- :name cancel :exec
-- :in at instant, number text, holder_id int
UPDATE booking SET entry = 'cancelled', at = $1 WHERE number = $2 AND holder_id = $3 AND entry <> 'cancelled';

-- :name total_add :exec
-- :in holder_id int, period text, entry text, n int, total money
INSERT INTO booking_total (holder_id, period, entry, n, total_fen) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (holder_id, period, entry) DO UPDATE SET n = booking_total.n + excluded.n, total_fen = booking_total.total_fen + excluded.total_fen;

-- :name totals :many
-- :in holder_id int, period text
-- :out entry text, n int, total money
-- :max 4
SELECT entry, n, total_fen FROM booking_total WHERE holder_id = $1 AND period = $2 AND n > 0 ORDER BY entry LIMIT 4;

-- :name list_rows :many
-- :in holder_id int, period text, after text
-- :out number text, buyer_id int, entry text, voucher text, issued_on date, total money, at instant
-- :max 101
SELECT number, buyer_id, entry, voucher, issued_on, total_fen, at FROM booking
WHERE holder_id = $1 AND period = $2 AND number > $3 ORDER BY number LIMIT 101;

-- :name refused_put :exec
-- :in number text, holder_id int, voucher text, at instant
INSERT INTO booking_refused (number, holder_id, voucher, at) VALUES ($1, $2, $3, $4) ON CONFLICT (number, holder_id, voucher) DO NOTHING;

-- :name claim_put :exec
-- :in firm_id int, number text, person_id int, note text, at instant
INSERT INTO booking_claim (firm_id, number, person_id, note, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (firm_id, number) DO NOTHING;

-- :name claim_get :one
-- :in firm_id int, number text
-- :out person_id int, note text, at instant
SELECT person_id, note, at FROM booking_claim WHERE firm_id = $1 AND number = $2;

-- :name claim_drop :exec
-- :in firm_id int, number text, person_id int
DELETE FROM booking_claim WHERE firm_id = $1 AND number = $2 AND person_id = $3;

-- :name claims_of_firm :many
-- :in firm_id int, after text
-- :out number text, person_id int, note text, at instant, entry text, holder_id int, voucher text
-- :max 101
SELECT c.number, c.person_id, c.note, c.at, COALESCE(b.entry, ''), COALESCE(b.holder_id, 0), COALESCE(b.voucher, '')
FROM booking_claim c LEFT JOIN booking b ON b.number = c.number
WHERE c.firm_id = $1 AND c.number > $2 ORDER BY c.number LIMIT 101;

-- :name claims_of_person :many
-- :in person_id int, before instant
-- :out number text, firm_id int, note text, at instant, entry text, holder_id int
-- :max 100
SELECT c.number, c.firm_id, c.note, c.at, COALESCE(b.entry, ''), COALESCE(b.holder_id, 0)
FROM booking_claim c LEFT JOIN booking b ON b.number = c.number
WHERE c.person_id = $1 AND c.at < $2 ORDER BY c.at DESC, c.firm_id LIMIT 100;

-- :name totals_wrong :many
-- :out holder_id int, period text
-- :max 100
SELECT t.holder_id, t.period FROM booking_total t LEFT JOIN (SELECT holder_id, period, entry, count(*) AS n, CAST(sum(total_fen) AS BIGINT) AS total
  FROM booking WHERE entry <> 'cancelled' GROUP BY holder_id, period, entry) b
  ON b.holder_id = t.holder_id AND b.period = t.period AND b.entry = t.entry
WHERE t.n <> COALESCE(b.n, 0) OR t.total_fen <> COALESCE(b.total, 0) ORDER BY t.holder_id, t.period LIMIT 100;

-- :name totals_missing :many
-- :out number text
-- :max 100
SELECT b.number FROM booking b LEFT JOIN booking_total t ON t.holder_id = b.holder_id AND t.period = b.period AND t.entry = b.entry
WHERE b.entry <> 'cancelled' AND t.n IS NULL ORDER BY b.number LIMIT 100;

-- :name counts :many
-- :in after int
-- :out buyer_id int, n int
-- :max 1000
SELECT buyer_id, count(*) FROM booking WHERE buyer_id > $1 AND entry <> 'cancelled' AND paper = 0 GROUP BY buyer_id ORDER BY buyer_id LIMIT 1000;
