-- :name order_insert :exec
-- :in taxpayer_id int, payment_id int, voucher text, channel text, amount money, ordered_by int, ordered_at instant, valid_until instant, order_receipt int
INSERT INTO payment_order (taxpayer_id, payment_id, voucher, channel, amount_fen, state, reason, ordered_by, ordered_at,
valid_until, sent_at, settled_at, tries, order_receipt, settlement_receipt)
VALUES ($1, $2, $3, $4, $5, 'created', NULL, $6, $7, $8, NULL, NULL, 0, $9, NULL);

-- :name voucher_insert :exec
-- :in voucher text, taxpayer_id int, payment_id int
INSERT INTO payment_voucher (voucher, taxpayer_id, payment_id) VALUES ($1, $2, $3);

-- :name voucher_get :one
-- :in voucher text
-- :out taxpayer_id int, payment_id int
SELECT taxpayer_id, payment_id FROM payment_voucher WHERE voucher = $1;

-- :name order_get :one
-- :in taxpayer_id int, payment_id int
-- :out voucher text, channel text, amount money, state text, reason text?, ordered_by int, ordered_at instant, valid_until instant, sent_at instant?, settled_at instant?, tries int, order_receipt int, settlement_receipt int?
SELECT voucher, channel, amount_fen, state, reason, ordered_by, ordered_at, valid_until, sent_at, settled_at, tries,
order_receipt, settlement_receipt FROM payment_order WHERE taxpayer_id = $1 AND payment_id = $2;

-- :name order_list :many
-- :in taxpayer_id int, before_id int
-- :out payment_id int, voucher text, channel text, amount money, state text, reason text?, ordered_at instant, valid_until instant, sent_at instant?, settled_at instant?
-- :max 100
SELECT payment_id, voucher, channel, amount_fen, state, reason, ordered_at, valid_until, sent_at, settled_at
FROM payment_order WHERE taxpayer_id = $1 AND payment_id < $2 ORDER BY payment_id DESC LIMIT 100;

-- :name order_move :exec
-- :in state text, reason text?, sent_at instant?, settled_at instant?, settlement_receipt int?, taxpayer_id int, payment_id int
UPDATE payment_order SET state = $1, reason = $2, sent_at = $3, settled_at = $4, settlement_receipt = $5
WHERE taxpayer_id = $6 AND payment_id = $7;

-- :name order_try :exec
-- :in tries int, taxpayer_id int, payment_id int
UPDATE payment_order SET tries = $1 WHERE taxpayer_id = $2 AND payment_id = $3;

-- :name item_insert :exec
-- :in taxpayer_id int, payment_id int, line int, obligation_id int, tax text, period text, period_from date, period_to date, tax_amount money, late_fee money, days_late int
INSERT INTO payment_item (taxpayer_id, payment_id, line, obligation_id, tax, period, period_from, period_to, tax_fen,
late_fee_fen, days_late, open, paid_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, NULL);

-- :name item_list :many
-- :in taxpayer_id int, payment_id int
-- :out line int, obligation_id int, tax text, period text, tax_amount money, late_fee money, days_late int, paid_on date?
-- :max 200
SELECT line, obligation_id, tax, period, tax_fen, late_fee_fen, days_late, paid_on FROM payment_item
WHERE taxpayer_id = $1 AND payment_id = $2 ORDER BY line;

-- :name item_open :one
-- :in taxpayer_id int, obligation_id int
-- :out payment_id int
SELECT payment_id FROM payment_item WHERE taxpayer_id = $1 AND obligation_id = $2 AND open = 1;

-- :name items_close :exec
-- :in paid_on date?, taxpayer_id int, payment_id int
UPDATE payment_item SET open = 0, paid_on = $1 WHERE taxpayer_id = $2 AND payment_id = $3;

-- :name items_paid :many
-- :in taxpayer_id int, period_from date, period_to date
-- :out voucher text, tax text, period text, period_from date, period_to date, paid_on date, tax_amount money, late_fee money
-- :max 400
SELECT o.voucher, i.tax, i.period, i.period_from, i.period_to, i.paid_on, i.tax_fen, i.late_fee_fen
FROM payment_item i JOIN payment_order o ON o.taxpayer_id = i.taxpayer_id AND o.payment_id = i.payment_id
WHERE i.taxpayer_id = $1 AND i.period_from >= $2 AND i.period_to <= $3 AND i.paid_on IS NOT NULL
ORDER BY i.paid_on, i.payment_id, i.line;

-- :name bank_put :exec
-- :in channel text, address text, point bytes
INSERT INTO payment_bank (channel, address, point, away_until) VALUES ($1, $2, $3, 0)
ON CONFLICT (channel) DO UPDATE SET address = excluded.address, point = excluded.point;

-- :name bank_get :one
-- :in channel text
-- :out address text, point bytes, away_until instant
SELECT address, point, away_until FROM payment_bank WHERE channel = $1;

-- :name bank_away :exec
-- :in away_until instant, channel text
UPDATE payment_bank SET away_until = $1 WHERE channel = $2;

-- :name callback_get :one
-- :in channel text, nonce text
-- :out outcome text, message text
SELECT outcome, message FROM payment_callback WHERE channel = $1 AND nonce = $2;

-- :name callback_insert :exec
-- :in channel text, nonce text, voucher text, at instant, outcome text, message text
INSERT INTO payment_callback (channel, nonce, voucher, at, outcome, message) VALUES ($1, $2, $3, $4, $5, $6);

-- :name callbacks_forget :exec
-- :in before instant
DELETE FROM payment_callback WHERE at < $1 AND outcome IN ('booked', 'noted', 'duplicate');

-- :name debit_insert :exec
-- :in channel text, voucher text, bank_no text, taxpayer_id int, payment_id int, amount money, debited_at instant, day date
INSERT INTO payment_debit (channel, voucher, bank_no, taxpayer_id, payment_id, amount_fen, debited_at, day, reconciled_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL);

-- :name debit_get :one
-- :in channel text, voucher text
-- :out bank_no text, payment_id int, amount money, debited_at instant, day date, reconciled_on date?
SELECT bank_no, payment_id, amount_fen, debited_at, day, reconciled_on FROM payment_debit WHERE channel = $1 AND voucher = $2;

-- :name debit_by_bank_no :one
-- :in channel text, bank_no text
-- :out voucher text
SELECT voucher FROM payment_debit WHERE channel = $1 AND bank_no = $2;

-- :name debits_of_day :many
-- :in channel text, day date
-- :out voucher text, bank_no text, amount money, debited_at instant, reconciled_on date?
-- :max 50000
SELECT voucher, bank_no, amount_fen, debited_at, reconciled_on FROM payment_debit WHERE channel = $1 AND day = $2
ORDER BY voucher;

-- Days with debits that no file of the bank was ever compared with.
-- :name days_missed :many
-- :in channel text, before date
-- :out day date
-- :max 100
SELECT DISTINCT d.day FROM payment_debit d WHERE d.channel = $1 AND d.day < $2 AND d.reconciled_on IS NULL
AND NOT EXISTS (SELECT 1 FROM payment_reconciliation r WHERE r.channel = d.channel AND r.day = d.day) ORDER BY d.day LIMIT 100;

-- :name debit_reconcile :exec
-- :in reconciled_on date, channel text, voucher text
UPDATE payment_debit SET reconciled_on = $1 WHERE channel = $2 AND voucher = $3 AND reconciled_on IS NULL;

-- :name debit_total :one
-- :in channel text
-- :out n int
SELECT count(*) FROM payment_debit WHERE channel = $1;

-- :name reconciliation_put :exec
-- :in channel text, day date, run_at instant, document int, bank_count int, bank_sum money, ledger_count int, ledger_sum money, matched_count int, matched_sum money, open_count int, difference money, file text
INSERT INTO payment_reconciliation (channel, day, run_at, document, bank_count, bank_fen, ledger_count, ledger_fen,
matched_count, matched_fen, open_count, difference_fen, file)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (channel, day) DO UPDATE SET run_at = excluded.run_at, bank_count = excluded.bank_count,
bank_fen = excluded.bank_fen, ledger_count = excluded.ledger_count, ledger_fen = excluded.ledger_fen,
matched_count = excluded.matched_count, matched_fen = excluded.matched_fen, open_count = excluded.open_count,
difference_fen = excluded.difference_fen, file = excluded.file;

-- :name reconciliation_get :one
-- :in channel text, day date
-- :out run_at instant, document int, bank_count int, bank_sum money, ledger_count int, ledger_sum money, matched_count int, matched_sum money, open_count int, difference money, file text
SELECT run_at, document, bank_count, bank_fen, ledger_count, ledger_fen, matched_count, matched_fen, open_count,
difference_fen, file FROM payment_reconciliation WHERE channel = $1 AND day = $2;

-- :name reconciliation_list :many
-- :in before date
-- :out channel text, day date, run_at instant, bank_count int, bank_sum money, ledger_sum money, open_count int, difference money
-- :max 100
SELECT channel, day, run_at, bank_count, bank_fen, ledger_fen, open_count, difference_fen FROM payment_reconciliation
WHERE day < $1 ORDER BY day DESC, channel LIMIT 100;

-- :name reconciliation_open :one
-- :in before date
-- :out n int
SELECT count(*) FROM payment_reconciliation WHERE open_count > 0 AND day < $1;

-- :name difference_insert :exec
-- :in channel text, day date, voucher text, class text, bank money?, ledger money?
INSERT INTO payment_difference (channel, day, voucher, class, bank_fen, ledger_fen) VALUES ($1, $2, $3, $4, $5, $6);

-- :name differences_clear :exec
-- :in channel text, day date
DELETE FROM payment_difference WHERE channel = $1 AND day = $2;

-- :name difference_list :many
-- :in channel text, day date
-- :out voucher text, class text, bank money?, ledger money?
-- :max 50000
SELECT voucher, class, bank_fen, ledger_fen FROM payment_difference WHERE channel = $1 AND day = $2 ORDER BY voucher;

-- :name transit :one
-- :out amount money
SELECT CAST(COALESCE(sum(amount_fen), 0) AS BIGINT) FROM payment_debit WHERE reconciled_on IS NULL;

-- Orders that are paid and have no debit of the same amount, or debits whose order is not paid.
-- :name paid_without_debit :many
-- :out payment_id int
-- :max 100
SELECT o.payment_id FROM payment_order o LEFT JOIN payment_debit d ON d.channel = o.channel AND d.voucher = o.voucher
AND d.amount_fen = o.amount_fen WHERE (o.state = 'paid') <> (d.voucher IS NOT NULL) LIMIT 100;

-- :name debit_without_order :many
-- :out voucher text
-- :max 100
SELECT d.voucher FROM payment_debit d LEFT JOIN payment_order o ON o.taxpayer_id = d.taxpayer_id
AND o.payment_id = d.payment_id AND o.voucher = d.voucher WHERE o.payment_id IS NULL LIMIT 100;

-- :name items_differ :many
-- :out payment_id int
-- :max 100
SELECT o.payment_id FROM payment_order o JOIN payment_item i ON i.taxpayer_id = o.taxpayer_id AND i.payment_id = o.payment_id
GROUP BY o.taxpayer_id, o.payment_id, o.amount_fen, o.state
HAVING sum(i.tax_fen + i.late_fee_fen) <> o.amount_fen
OR max(i.open) <> (CASE WHEN o.state IN ('created', 'sent') THEN 1 ELSE 0 END)
OR min(i.open) <> (CASE WHEN o.state IN ('created', 'sent') THEN 1 ELSE 0 END) LIMIT 100;
