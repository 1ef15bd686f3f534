-- :name return_insert :exec
-- :in taxpayer_id int, return_id int, tax text, period text, version int, corrects int, form text, filed_at instant, filed_by int, vat money, urban money, education money, local money, carried money, owed money, document text, receipt_id int
INSERT INTO tax_return (taxpayer_id, return_id, tax, period, version, corrects, form, filed_at, filed_by, vat_fen, urban_fen,
  education_fen, local_fen, carried_fen, owed_fen, document, receipt_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17);

-- :name latest :one
-- :in taxpayer_id int, period text
-- :out return_id int, version int, corrects int, form text, filed_at instant, filed_by int, vat money, urban money, education money, local money, carried money, owed money, document text, receipt_id int
SELECT return_id, version, corrects, form, filed_at, filed_by, vat_fen, urban_fen, education_fen, local_fen, carried_fen,
  owed_fen, document, receipt_id FROM tax_return
WHERE taxpayer_id = $1 AND tax = 'vat' AND period = $2 ORDER BY version DESC LIMIT 1;

-- :name carried :one
-- :in taxpayer_id int, period text
-- :out return_id int, carried money, owed money
SELECT return_id, carried_fen, owed_fen FROM tax_return
WHERE taxpayer_id = $1 AND tax = 'vat' AND period = $2 ORDER BY version DESC LIMIT 1;

-- :name get :one
-- :in taxpayer_id int, return_id int
-- :out period text, version int, corrects int, form text, filed_at instant, filed_by int, vat money, urban money, education money, local money, document text, receipt_id int
SELECT period, version, corrects, form, filed_at, filed_by, vat_fen, urban_fen, education_fen, local_fen, document, receipt_id
FROM tax_return WHERE taxpayer_id = $1 AND return_id = $2;

-- :name list :many
-- :in taxpayer_id int, before int
-- :out return_id int, period text, version int, corrects int, form text, filed_at instant, vat money, urban money, education money, local money
-- :max 100
SELECT return_id, period, version, corrects, form, filed_at, vat_fen, urban_fen, education_fen, local_fen FROM tax_return
WHERE taxpayer_id = $1 AND return_id < $2 ORDER BY return_id DESC LIMIT 100;

-- :name all_after :many
-- :in taxpayer_id int, return_id int
-- :out taxpayer_id int, return_id int, period text, version int, vat money, urban money, education money, local money, receipt_id int, latest int
-- :max 1000
SELECT r.taxpayer_id, r.return_id, r.period, r.version, r.vat_fen, r.urban_fen, r.education_fen, r.local_fen, r.receipt_id,
  (SELECT max(s.version) FROM tax_return s WHERE s.taxpayer_id = r.taxpayer_id AND s.tax = r.tax AND s.period = r.period)
FROM tax_return r WHERE r.taxpayer_id > $1 OR (r.taxpayer_id = $1 AND r.return_id > $2)
ORDER BY r.taxpayer_id, r.return_id LIMIT 1000;

-- :name start_put :exec
-- :in taxpayer_id int, since date
INSERT INTO filing_start (taxpayer_id, since) VALUES ($1, $2) ON CONFLICT (taxpayer_id) DO UPDATE SET since = excluded.since WHERE excluded.since < filing_start.since;

-- :name start_get :one
-- :in taxpayer_id int
-- :out since date
SELECT since FROM filing_start WHERE taxpayer_id = $1;

-- :name reminder_put :exec
-- :in taxpayer_id int, obligation_id int, stage int, at instant
INSERT INTO filing_reminder (taxpayer_id, obligation_id, stage, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (taxpayer_id, obligation_id, stage) DO NOTHING;

-- :name year_documents :many
-- :in taxpayer_id int, period_from text, period_before text
-- :out document text
-- :max 24
SELECT r.document FROM tax_return r WHERE r.taxpayer_id = $1 AND r.tax = 'vat' AND r.period >= $2 AND r.period < $3
AND r.version = (SELECT max(s.version) FROM tax_return s
  WHERE s.taxpayer_id = r.taxpayer_id AND s.tax = r.tax AND s.period = r.period) ORDER BY r.period LIMIT 24;
