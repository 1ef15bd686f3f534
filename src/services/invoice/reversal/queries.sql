-- :name insert :exec
-- :in number text, slip text, seller_id int, buyer_id int, by_buyer bool, state int, reason text, lines text, amount money, tax money, started_at instant, expires_at instant
INSERT INTO reversal (number, slip, seller_id, buyer_id, by_buyer, state, reason, lines, amount_fen, tax_fen, started_at, expires_at, red_number)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '');

-- :name party_insert :exec
-- :in party_id int, slip text, number text, open bool
INSERT INTO reversal_party (party_id, slip, number, open) VALUES ($1, $2, $3, $4) ON CONFLICT (party_id, slip) DO NOTHING;

-- :name party_open :exec
-- :in open bool, party_id int, slip text
UPDATE reversal_party SET open = $1 WHERE party_id = $2 AND slip = $3;

-- :name set_state :exec
-- :in state int, red_number text, number text, slip text
UPDATE reversal SET state = $1, red_number = $2 WHERE number = $3 AND slip = $4;

-- :name get :one
-- :in number text, slip text
-- :out number text, slip text, seller_id int, buyer_id int, by_buyer bool, state int, reason text, lines text, amount money, tax money, started_at instant, expires_at instant, red_number text
SELECT number, slip, seller_id, buyer_id, by_buyer, state, reason, lines, amount_fen, tax_fen, started_at, expires_at, red_number
FROM reversal WHERE number = $1 AND slip = $2;

-- :name waiting_of :one
-- :in number text
-- :out slip text
SELECT slip FROM reversal WHERE number = $1 AND state IN (2, 3) ORDER BY slip DESC LIMIT 1;

-- :name of_invoice_rows :many
-- :in number text
-- :out slip text
-- :max 50
SELECT slip FROM reversal WHERE number = $1 ORDER BY slip DESC LIMIT 50;

-- :name list_rows :many
-- :in party_id int, before text, open int
-- :out slip text, number text
-- :max 51
SELECT slip, number FROM reversal_party WHERE party_id = $1 AND slip < $2 AND ($3 < 0 OR open = $3) ORDER BY slip DESC LIMIT 51;

-- :name expired :many
-- :in now instant
-- :out number text, slip text
-- :max 100
SELECT number, slip FROM reversal WHERE state IN (2, 3) AND expires_at <= $1 ORDER BY expires_at LIMIT 100;

-- :name waiting :many
-- :in after text
-- :out number text
-- :max 1000
SELECT number FROM reversal WHERE state IN (2, 3) AND number > $1 ORDER BY number LIMIT 1000;
