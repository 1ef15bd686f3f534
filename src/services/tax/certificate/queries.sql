-- :name insert :exec
-- :in taxpayer_id int, number text, type text, period text, total money, issued_at instant, issued_by int, data bytes, receipt_id int
INSERT INTO certificate (taxpayer_id, number, type, period, total_fen, issued_at, issued_by, data, receipt_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- :name number_insert :exec
-- :in number text, taxpayer_id int
INSERT INTO certificate_number (number, taxpayer_id) VALUES ($1, $2);

-- :name number_get :one
-- :in number text
-- :out taxpayer_id int
SELECT taxpayer_id FROM certificate_number WHERE number = $1;

-- :name get :one
-- :in taxpayer_id int, number text
-- :out type text, period text, total money, issued_at instant, data bytes, receipt_id int
SELECT type, period, total_fen, issued_at, data, receipt_id FROM certificate WHERE taxpayer_id = $1 AND number = $2;

-- :name list :many
-- :in taxpayer_id int, before text
-- :out number text, type text, period text, total money, issued_at instant
-- :max 100
SELECT number, type, period, total_fen, issued_at FROM certificate WHERE taxpayer_id = $1 AND number < $2
ORDER BY number DESC LIMIT 100;

-- :name file_get :one
-- :in taxpayer_id int, number text
-- :out bytes bytes
SELECT bytes FROM certificate_file WHERE taxpayer_id = $1 AND number = $2;

-- :name file_put :exec
-- :in taxpayer_id int, number text, made_at instant, bytes bytes
INSERT INTO certificate_file (taxpayer_id, number, made_at, bytes) VALUES ($1, $2, $3, $4)
ON CONFLICT (taxpayer_id, number) DO NOTHING;

-- :name numberless :one
-- :out n int
SELECT count(*) FROM certificate c LEFT JOIN certificate_number n ON n.number = c.number AND n.taxpayer_id = c.taxpayer_id
WHERE n.number IS NULL;

-- :name total :one
-- :out n int
SELECT count(*) FROM certificate;
