-- :name taxpayer_insert :exec
-- :in taxpayer_id int, uscc text, name text, kind text, vat_period text, status text, place text, region text, authority text, credit_grade text, quota money, registered_on date, enterprise bool, sales money
INSERT INTO taxpayer (taxpayer_id, uscc, name, kind, vat_period, status, place, region, authority, credit_grade, quota_fen,
  registered_on, enterprise, sales_fen) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- :name taxpayer_get :one
-- :in taxpayer_id int
-- :out taxpayer_id int, uscc text, name text, kind text, vat_period text, status text, place text, region text, authority text, credit_grade text, quota money, registered_on date, enterprise bool
SELECT taxpayer_id, uscc, name, kind, vat_period, status, place, region, authority, credit_grade, quota_fen, registered_on,
  enterprise FROM taxpayer WHERE taxpayer_id = $1;

-- :name taxpayer_rename :exec
-- :in name text, taxpayer_id int
UPDATE taxpayer SET name = $1 WHERE taxpayer_id = $2;

-- :name taxpayer_quota :exec
-- :in quota money, taxpayer_id int
UPDATE taxpayer SET quota_fen = $1 WHERE taxpayer_id = $2;

-- :name list :many
-- :in after text, words text
-- :out taxpayer_id int, uscc text, name text, kind text, status text, registered_on date
-- :max 51
SELECT taxpayer_id, uscc, name, kind, status, registered_on FROM taxpayer
WHERE uscc > $1 AND (uscc LIKE $2 ESCAPE '!' OR name LIKE $2 ESCAPE '!') ORDER BY uscc LIMIT 51;

-- :name newest :many
-- :out taxpayer_id int, uscc text, name text, kind text, status text, registered_on date
-- :max 5
SELECT taxpayer_id, uscc, name, kind, status, registered_on FROM taxpayer ORDER BY taxpayer_id DESC LIMIT 5;

-- :name taxpayers_after :many
-- :in after_id int
-- :out taxpayer_id int
-- :max 1000
SELECT taxpayer_id FROM taxpayer WHERE taxpayer_id > $1 ORDER BY taxpayer_id LIMIT 1000;

-- :name field_put :exec
-- :in taxpayer_id int, field text, value text, source text, since instant
INSERT INTO taxpayer_field (taxpayer_id, field, value, source, since) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (taxpayer_id, field) DO UPDATE SET value = excluded.value, source = excluded.source, since = excluded.since;

-- :name field_get :one
-- :in taxpayer_id int, field text
-- :out value text, source text, since instant
SELECT value, source, since FROM taxpayer_field WHERE taxpayer_id = $1 AND field = $2;

-- :name fields :many
-- :in taxpayer_id int
-- :out field text, value text, source text, since instant
-- :max 100
SELECT field, value, source, since FROM taxpayer_field WHERE taxpayer_id = $1 ORDER BY field LIMIT 100;

-- :name history_insert :exec
-- :in taxpayer_id int, change_id int, field text, old_value text?, new_value text, source text, actor_id int, at instant
INSERT INTO taxpayer_history (taxpayer_id, change_id, field, old_value, new_value, source, actor_id, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- :name history :many
-- :in taxpayer_id int
-- :out field text, old_value text?, new_value text, source text, at instant
-- :max 200
SELECT field, old_value, new_value, source, at FROM taxpayer_history WHERE taxpayer_id = $1 ORDER BY change_id DESC LIMIT 200;

-- :name account_insert :exec
-- :in taxpayer_id int, account_id int, bank text, account_no bytes, account_tail text, added_at instant
INSERT INTO bank_account (taxpayer_id, account_id, bank, account_no, account_tail, added_at) VALUES ($1, $2, $3, $4, $5, $6);

-- :name accounts :many
-- :in taxpayer_id int
-- :out account_id int, bank text, account_tail text, added_at instant
-- :max 100
SELECT account_id, bank, account_tail, added_at FROM bank_account WHERE taxpayer_id = $1 AND ended_at IS NULL
ORDER BY account_id LIMIT 100;

-- :name account_numbers :many
-- :in taxpayer_id int
-- :out account_no bytes
-- :max 100
SELECT account_no FROM bank_account WHERE taxpayer_id = $1 AND ended_at IS NULL LIMIT 100;

-- :name account_end :exec
-- :in ended_at instant, taxpayer_id int, account_id int
UPDATE bank_account SET ended_at = $1 WHERE taxpayer_id = $2 AND account_id = $3 AND ended_at IS NULL;

-- :name tax_type_put :exec
-- :in taxpayer_id int, tax text, period text, since date, rule text
INSERT INTO tax_type (taxpayer_id, tax, period, since, rule) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (taxpayer_id, tax) DO NOTHING;

-- :name tax_types :many
-- :in taxpayer_id int
-- :out tax text, period text, since date, rule text
-- :max 50
SELECT tax, period, since, rule FROM tax_type WHERE taxpayer_id = $1 ORDER BY tax LIMIT 50;
