-- :name insert :exec
-- :in person_id int, request_id int, state int, special bool, buyer_tax_id text, buyer_name text, tax_code text, item text, remark text, proof text, months int, period text, total money, rate_ppm int, exempt bool, reduced bool, vat money, urban money, education money, local money, risk text, note text, number text, asked_at instant, pay_until date
INSERT INTO agency_request (person_id, request_id, state, special, buyer_tax_id, buyer_name, tax_code, item, remark, proof, months, period, total_fen, rate_ppm, exempt, reduced, vat_fen, urban_fen, education_fen, local_fen, risk, note, number, asked_at, pay_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25);

-- :name get :one
-- :in person_id int, request_id int
-- :out person_id int, request_id int, state int, special bool, buyer_tax_id text, buyer_name text, tax_code text, item text, remark text, proof text, months int, period text, total money, rate_ppm int, exempt bool, reduced bool, vat money, urban money, education money, local money, risk text, note text, number text, asked_at instant, pay_until date
SELECT person_id, request_id, state, special, buyer_tax_id, buyer_name, tax_code, item, remark, proof, months, period, total_fen, rate_ppm, exempt, reduced, vat_fen, urban_fen, education_fen, local_fen, risk, note, number, asked_at, pay_until
FROM agency_request WHERE person_id = $1 AND request_id = $2;

-- :name set :exec
-- :in state int, note text, number text, pay_until date, person_id int, request_id int
UPDATE agency_request SET state = $1, note = $2, number = $3, pay_until = $4 WHERE person_id = $5 AND request_id = $6;

-- :name by_number :one
-- :in person_id int, number text
-- :out request_id int
SELECT request_id FROM agency_request WHERE person_id = $1 AND number = $2;

-- :name open_of :one
-- :in person_id int
-- :out request_id int, state int
SELECT request_id, state FROM agency_request WHERE person_id = $1 AND state IN (1, 2) ORDER BY request_id LIMIT 1;

-- :name count_of :one
-- :in person_id int, period text
-- :out n int
SELECT count(*) FROM agency_request WHERE person_id = $1 AND period = $2 AND state IN (1, 2, 3);

-- :name list_rows :many
-- :in person_id int
-- :out request_id int, state int, item text, buyer_name text, total money, number text, asked_at instant
-- :max 50
SELECT request_id, state, item, buyer_name, total_fen, number, asked_at FROM agency_request WHERE person_id = $1
ORDER BY request_id DESC LIMIT 50;

-- :name review_rows :many
-- :in after int
-- :out person_id int, request_id int, item text, total money, risk text, asked_at instant
-- :max 51
SELECT person_id, request_id, item, total_fen, risk, asked_at FROM agency_request WHERE state = 1 AND request_id > $1
ORDER BY request_id LIMIT 51;

-- :name unpaid :many
-- :in day date
-- :out person_id int, request_id int
-- :max 100
SELECT person_id, request_id FROM agency_request WHERE state = 2 AND pay_until < $1 ORDER BY pay_until LIMIT 100;

-- :name wrong :many
-- :out person_id int, request_id int
-- :max 100
SELECT person_id, request_id FROM agency_request WHERE (state = 3 AND number = '') OR (state <> 3 AND number <> '') LIMIT 100;

-- :name returned_get :one
-- :in person_id int, request_id int
-- :out vat money, urban money, education money, local money
SELECT vat_fen, urban_fen, education_fen, local_fen FROM agency_returned WHERE person_id = $1 AND request_id = $2;

-- :name returned_put :exec
-- :in person_id int, request_id int, vat money, urban money, education money, local money
INSERT INTO agency_returned (person_id, request_id, vat_fen, urban_fen, education_fen, local_fen) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (person_id, request_id) DO UPDATE SET vat_fen = excluded.vat_fen, urban_fen = excluded.urban_fen,
  education_fen = excluded.education_fen, local_fen = excluded.local_fen;

-- More given back than was collected, or not all of it where the invoice is reversed in whole.
-- :name returned_wrong :many
-- :out person_id int, request_id int
-- :max 100
SELECT r.person_id, r.request_id FROM agency_returned b JOIN agency_request r ON r.person_id = b.person_id AND r.request_id = b.request_id
WHERE b.vat_fen > r.vat_fen OR b.urban_fen > r.urban_fen OR b.education_fen > r.education_fen OR b.local_fen > r.local_fen
OR (r.note = 'reversed' AND (b.vat_fen <> r.vat_fen OR b.urban_fen <> r.urban_fen OR b.education_fen <> r.education_fen OR b.local_fen <> r.local_fen))
ORDER BY r.person_id, r.request_id LIMIT 100;
