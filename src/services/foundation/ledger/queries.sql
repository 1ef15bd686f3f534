-- :name posting_insert :exec
-- :in subject_id int, posting_id int, kind text, document int, at instant
INSERT INTO ledger_posting (subject_id, posting_id, kind, document, at) VALUES ($1, $2, $3, $4, $5);

-- Two at a time: most postings have two lines.
-- :name entry_insert :exec
-- :in subject_id int, posting_id int, line int, account int, owner_id int, obligation_id int, amount money
-- :rows 2
INSERT INTO ledger_entry (subject_id, posting_id, line, account, owner_id, obligation_id, amount_fen)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- :name entries :many
-- :in subject_id int, before_id int
-- :out posting_id int, kind text, document int, at instant, line int, account int, owner_id int, obligation_id int, amount money
-- :max 400
SELECT p.posting_id, p.kind, p.document, p.at, e.line, e.account, e.owner_id, e.obligation_id, e.amount_fen
FROM ledger_posting p JOIN ledger_entry e ON e.subject_id = p.subject_id AND e.posting_id = p.posting_id
WHERE p.subject_id = $1 AND p.posting_id < $2 ORDER BY p.posting_id DESC, e.line LIMIT 400;

-- :name total :one
-- :out amount money, n int
SELECT CAST(COALESCE(sum(amount_fen), 0) AS BIGINT), count(*) FROM ledger_entry;

-- :name unbalanced :many
-- :out subject_id int, posting_id int, amount money
-- :max 100
SELECT subject_id, posting_id, CAST(sum(amount_fen) AS BIGINT) FROM ledger_entry GROUP BY subject_id, posting_id
HAVING sum(amount_fen) <> 0 LIMIT 100;

-- :name account_total :one
-- :in account int
-- :out amount money
SELECT CAST(COALESCE(sum(amount_fen), 0) AS BIGINT) FROM ledger_entry WHERE account = $1;

-- :name receivable_differs :many
-- :out obligation_id int, ledger money, owed money
-- :max 100
SELECT o.obligation_id, CAST(COALESCE(sum(e.amount_fen), 0) AS BIGINT), o.assessed_fen - o.paid_fen
FROM obligation o LEFT JOIN ledger_entry e ON e.subject_id = o.taxpayer_id AND e.obligation_id = o.obligation_id AND e.account = 1
GROUP BY o.taxpayer_id, o.obligation_id, o.assessed_fen, o.paid_fen
HAVING COALESCE(sum(e.amount_fen), 0) <> o.assessed_fen - o.paid_fen LIMIT 100;

-- :name obligation_insert :exec
-- :in taxpayer_id int, obligation_id int, tax text, period text, due_on date
INSERT INTO obligation (taxpayer_id, obligation_id, tax, period, due_on, assessed_fen, paid_fen, late_fee_fen, status, return_id)
VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 'open', 0) ON CONFLICT (taxpayer_id, tax, period) DO NOTHING;

-- :name obligation_of :one
-- :in taxpayer_id int, tax text, period text
-- :out obligation_id int, tax text, period text, due_on date, assessed money, paid money, late_fee money, status text, return_id int, refund money
SELECT obligation_id, tax, period, due_on, assessed_fen, paid_fen, late_fee_fen, status, return_id, refund_fen FROM obligation
WHERE taxpayer_id = $1 AND tax = $2 AND period = $3;

-- :name obligations_of :many
-- :in taxpayer_id int, period text
-- :out obligation_id int, tax text, period text, due_on date, assessed money, paid money, late_fee money, status text, return_id int, refund money
-- :max 50
SELECT obligation_id, tax, period, due_on, assessed_fen, paid_fen, late_fee_fen, status, return_id, refund_fen FROM obligation
WHERE taxpayer_id = $1 AND period = $2 ORDER BY obligation_id LIMIT 50;

-- :name obligation_get :one
-- :in taxpayer_id int, obligation_id int
-- :out obligation_id int, tax text, period text, due_on date, assessed money, paid money, late_fee money, status text, return_id int, refund money
SELECT obligation_id, tax, period, due_on, assessed_fen, paid_fen, late_fee_fen, status, return_id, refund_fen FROM obligation
WHERE taxpayer_id = $1 AND obligation_id = $2;

-- :name obligation_list :many
-- :in taxpayer_id int
-- :out obligation_id int, tax text, period text, due_on date, assessed money, paid money, late_fee money, status text, return_id int, refund money
-- :max 400
SELECT obligation_id, tax, period, due_on, assessed_fen, paid_fen, late_fee_fen, status, return_id, refund_fen FROM obligation
WHERE taxpayer_id = $1 ORDER BY due_on DESC, obligation_id LIMIT 400;

-- :name obligation_update :exec
-- :in assessed money, paid money, late_fee money, refund money, status text, return_id int, taxpayer_id int, obligation_id int
UPDATE obligation SET assessed_fen = $1, paid_fen = $2, late_fee_fen = $3, refund_fen = $4, status = $5, return_id = $6
WHERE taxpayer_id = $7 AND obligation_id = $8;

-- :name oldest_open :one
-- :in taxpayer_id int, tax text, due_from date, due_before date
-- :out obligation_id int, tax text, period text, due_on date, assessed money, paid money, late_fee money, status text, return_id int, refund money
SELECT obligation_id, tax, period, due_on, assessed_fen, paid_fen, late_fee_fen, status, return_id, refund_fen FROM obligation
WHERE taxpayer_id = $1 AND tax = $2 AND due_on >= $3 AND due_on < $4 AND status = 'open' ORDER BY due_on LIMIT 1;

-- :name unsettled_list :many
-- :in taxpayer_id int, due_to date
-- :out obligation_id int, tax text, period text, due_on date, assessed money, paid money, late_fee money, status text, return_id int, refund money
-- :max 400
SELECT obligation_id, tax, period, due_on, assessed_fen, paid_fen, late_fee_fen, status, return_id, refund_fen FROM obligation
WHERE taxpayer_id = $1 AND due_on <= $2 AND status <> 'fulfilled' ORDER BY due_on, obligation_id LIMIT 400;

-- :name paid_sums :many
-- :in subject_id int, at_from instant, at_to instant, tax text
-- :out period text, amount money
-- :max 400
SELECT o.period, CAST(-sum(e.amount_fen) AS BIGINT) FROM ledger_posting p
JOIN ledger_entry e ON e.subject_id = p.subject_id AND e.posting_id = p.posting_id
JOIN obligation o ON o.taxpayer_id = e.subject_id AND o.obligation_id = e.obligation_id
WHERE p.subject_id = $1 AND p.kind = 'payment' AND p.at >= $2 AND p.at < $3 AND e.account = 1 AND o.tax = $4
GROUP BY o.period ORDER BY o.period LIMIT 400;

-- :name refund_differs :many
-- :out obligation_id int, ledger money, refund money
-- :max 100
SELECT o.obligation_id, CAST(COALESCE(-sum(e.amount_fen), 0) AS BIGINT), o.refund_fen
FROM obligation o LEFT JOIN ledger_entry e ON e.subject_id = o.taxpayer_id AND e.obligation_id = o.obligation_id AND e.account = 5
GROUP BY o.taxpayer_id, o.obligation_id, o.refund_fen HAVING COALESCE(-sum(e.amount_fen), 0) <> o.refund_fen LIMIT 100;

-- :name status_differs :many
-- :out obligation_id int, status text
-- :max 100
SELECT obligation_id, status FROM obligation
WHERE status <> CASE WHEN return_id = 0 THEN 'open' WHEN paid_fen >= assessed_fen THEN 'fulfilled' ELSE 'due' END
ORDER BY obligation_id LIMIT 100;

-- :name entry_alone :many
-- :out subject_id int, posting_id int
-- :max 100
SELECT e.subject_id, e.posting_id FROM ledger_entry e LEFT JOIN ledger_posting p ON p.subject_id = e.subject_id AND p.posting_id = e.posting_id
WHERE p.posting_id IS NULL ORDER BY e.subject_id, e.posting_id LIMIT 100;

-- :name posting_empty :many
-- :out subject_id int, posting_id int
-- :max 100
SELECT p.subject_id, p.posting_id FROM ledger_posting p LEFT JOIN ledger_entry e ON e.subject_id = p.subject_id AND e.posting_id = p.posting_id
WHERE e.posting_id IS NULL ORDER BY p.subject_id, p.posting_id LIMIT 100;

-- :name fund_open :exec
-- :in fund_id int, name text
INSERT INTO ledger_fund (fund_id, name, balance_fen) VALUES ($1, $2, 0) ON CONFLICT (name) DO NOTHING;

-- :name fund_get :one
-- :in name text
-- :out fund_id int, balance money
SELECT fund_id, balance_fen FROM ledger_fund WHERE name = $1;

-- Takes or puts (below 0) an amount; no row is touched when there is too little.
-- :name fund_take :exec
-- :in amount money, fund_id int
UPDATE ledger_fund SET balance_fen = balance_fen - $1 WHERE fund_id = $2 AND balance_fen >= $1;

-- :name fund_differs :many
-- :out name text, ledger money, balance money
-- :max 100
SELECT f.name, CAST(COALESCE(sum(e.amount_fen), 0) AS BIGINT), f.balance_fen FROM ledger_fund f
LEFT JOIN ledger_entry e ON e.obligation_id = f.fund_id AND e.account = 8
GROUP BY f.fund_id, f.name, f.balance_fen HAVING COALESCE(sum(e.amount_fen), 0) <> f.balance_fen ORDER BY f.name LIMIT 100;

-- :name fund_owed :one
-- :in owner_id int, obligation_id int
-- :out amount money
SELECT CAST(COALESCE(sum(amount_fen), 0) AS BIGINT) FROM ledger_entry
WHERE subject_id = $1 AND obligation_id = $2 AND account = 9;
