-- :name insert :exec
-- :in lane_id int, taxpayer_id int, person_id int, drawer text, device_name text, suite text, public_key text, created_at instant, head_hash text
INSERT INTO lane (lane_id, taxpayer_id, person_id, drawer, device_name, suite, public_key, state, reason, created_at, ended_at,
  head_sequence, head_hash, head_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '', $8, 0, 0, $9, 0);

-- :name get :one
-- :in lane_id int
-- :out lane_id int, taxpayer_id int, person_id int, drawer text, device_name text, suite text, public_key text, state int, reason text, created_at instant, ended_at instant, head_sequence int, head_hash text, head_at instant
SELECT lane_id, taxpayer_id, person_id, drawer, device_name, suite, public_key, state, reason, created_at, ended_at, head_sequence,
  head_hash, head_at FROM lane WHERE lane_id = $1;

-- :name of_taxpayer :many
-- :in taxpayer_id int
-- :out lane_id int, taxpayer_id int, person_id int, drawer text, device_name text, suite text, public_key text, state int, reason text, created_at instant, ended_at instant, head_sequence int, head_hash text, head_at instant
-- :max 200
SELECT lane_id, taxpayer_id, person_id, drawer, device_name, suite, public_key, state, reason, created_at, ended_at, head_sequence,
  head_hash, head_at FROM lane WHERE taxpayer_id = $1 ORDER BY lane_id DESC LIMIT 200;

-- :name active_count :one
-- :in taxpayer_id int
-- :out n int
SELECT count(*) FROM lane WHERE taxpayer_id = $1 AND state = 0;

-- :name end :exec
-- :in reason text, ended_at instant, lane_id int
UPDATE lane SET state = 1, reason = $1, ended_at = $2 WHERE lane_id = $3 AND state = 0;

-- :name head :exec
-- :in sequence int, hash text, at instant, lane_id int
UPDATE lane SET head_sequence = $1, head_hash = $2, head_at = $3 WHERE lane_id = $4;

-- :name block_insert :exec
-- :in lane_id int, first text, n int, until_on date, limit money, period text, certificate text, key_id text, signature text, granted_at instant
INSERT INTO lane_block (lane_id, first, n, until_on, limit_fen, period, certificate, key_id, signature, granted_at, used_n, used_fen,
  closed_at, returned_n, returned_fen)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 0, 0, 0);

-- :name blocks :many
-- :in lane_id int
-- :out first text, n int, until_on date, limit money, period text, certificate text, key_id text, signature text, granted_at instant, used_n int, used money, closed_at instant, returned_n int, returned money
-- :max 1000
SELECT first, n, until_on, limit_fen, period, certificate, key_id, signature, granted_at, used_n, used_fen, closed_at, returned_n,
  returned_fen FROM lane_block WHERE lane_id = $1 ORDER BY first LIMIT 1000;

-- :name block_used :exec
-- :in n int, amount money, lane_id int, first text
UPDATE lane_block SET used_n = used_n + $1, used_fen = used_fen + $2 WHERE lane_id = $3 AND first = $4;

-- :name block_close :exec
-- :in closed_at instant, lane_id int, first text
UPDATE lane_block SET closed_at = $1, returned_n = n - used_n, returned_fen = limit_fen - used_fen
WHERE lane_id = $2 AND first = $3 AND closed_at = 0;

-- :name block_late :exec
-- :in lane_id int, first text
UPDATE lane_block SET returned_n = returned_n - 1 WHERE lane_id = $1 AND first = $2 AND closed_at > 0;

-- :name blocks_over :many
-- :in before date
-- :out lane_id int, first text
-- :max 200
SELECT lane_id, first FROM lane_block WHERE closed_at = 0 AND until_on < $1 ORDER BY until_on LIMIT 200;

-- :name entry_insert :exec
-- :in lane_id int, number text, sequence int, hash text, previous text, state int, reason text, entry text, signature text, buyer text, amount money, total money, issued_at instant, arrived_at instant, expires_at instant
-- :rows 17
INSERT INTO lane_entry (lane_id, number, sequence, hash, previous, state, reason, entry, signature, buyer, amount_fen, total_fen,
  issued_at, arrived_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- :name entry_get :one
-- :in lane_id int, number text
-- :out number text, state int, reason text, entry text, buyer text, amount money, total money, issued_at instant, expires_at instant
SELECT number, state, reason, entry, buyer, amount_fen, total_fen, issued_at, expires_at FROM lane_entry
WHERE lane_id = $1 AND number = $2;

-- :name entry_state :exec
-- :in state int, lane_id int, number text
UPDATE lane_entry SET state = $1 WHERE lane_id = $2 AND number = $3 AND state = 1;

-- :name known_numbers :many
-- :in lane_id int, after text, last text
-- :out number text, sequence int, hash text, previous text, state int
-- :max 1000
SELECT number, sequence, hash, previous, state FROM lane_entry
WHERE lane_id = $1 AND number > $2 AND number <= $3 ORDER BY number LIMIT 1000;

-- :name known_sequences :many
-- :in lane_id int, first int, last int, after_sequence int, after text
-- :out number text, sequence int, hash text, previous text, state int
-- :max 1000
SELECT number, sequence, hash, previous, state FROM lane_entry
WHERE lane_id = $1 AND sequence >= $2 AND sequence <= $3 AND (sequence, number) > ($4, $5) ORDER BY sequence, number LIMIT 1000;

-- :name waiting :many
-- :in taxpayer_id int
-- :out lane_id int, device_name text, number text, reason text, buyer text, total money, issued_at instant, expires_at instant
-- :max 200
SELECT e.lane_id, l.device_name, e.number, e.reason, e.buyer, e.total_fen, e.issued_at, e.expires_at
FROM lane l JOIN lane_entry e ON e.lane_id = l.lane_id WHERE l.taxpayer_id = $1 AND e.state = 1 ORDER BY e.number LIMIT 200;

-- :name overdue :many
-- :in now instant
-- :out lane_id int, number text
-- :max 200
SELECT lane_id, number FROM lane_entry WHERE state = 1 AND expires_at <= $1 ORDER BY expires_at LIMIT 200;

-- :name counts :one
-- :in lane_id int
-- :out issued int, waits int
SELECT CAST(COALESCE(sum(CASE WHEN state = 0 THEN 1 ELSE 0 END), 0) AS BIGINT),
  CAST(COALESCE(sum(CASE WHEN state = 1 THEN 1 ELSE 0 END), 0) AS BIGINT) FROM lane_entry WHERE lane_id = $1;

-- :name blocks_wrong :many
-- :out lane_id int, first text
-- :max 100
SELECT b.lane_id, b.first FROM lane_block b LEFT JOIN lane_entry e ON e.lane_id = b.lane_id AND e.state = 0
  AND e.number >= b.first AND substr(e.number, 1, 5) = substr(b.first, 1, 5)
  AND CAST(substr(e.number, 6, 15) AS BIGINT) < CAST(substr(b.first, 6, 15) AS BIGINT) + b.n
GROUP BY b.lane_id, b.first, b.n, b.used_n, b.used_fen, b.limit_fen, b.closed_at, b.returned_n, b.returned_fen
HAVING count(e.number) <> b.used_n OR COALESCE(sum(CASE WHEN e.reason = '' THEN e.amount_fen ELSE 0 END), 0) <> b.used_fen
  OR b.used_fen > b.limit_fen OR (b.closed_at > 0 AND (b.used_n + b.returned_n <> b.n OR b.used_fen + b.returned_fen <> b.limit_fen))
ORDER BY b.lane_id, b.first LIMIT 100;

-- :name strangers :many
-- :out number text
-- :max 100
SELECT i.number FROM invoice i LEFT JOIN lane_entry e ON e.number = i.number AND e.state = 0 AND e.total_fen = i.total_fen
WHERE substr(i.number, 5, 1) = '3' AND e.number IS NULL ORDER BY i.number LIMIT 100;

-- :name lost :many
-- :out number text
-- :max 100
SELECT e.number FROM lane_entry e LEFT JOIN invoice i ON i.number = e.number WHERE e.state = 0 AND i.number IS NULL
ORDER BY e.number LIMIT 100;

-- :name prefixes :many
-- :out prefix text, given int, counted int
-- :max 1000
SELECT substr(b.first, 1, 5), CAST(sum(b.n) AS BIGINT), COALESCE(max(c.value), 0) FROM lane_block b
LEFT JOIN counter c ON c.name = 'invoice.' || substr(b.first, 1, 5) GROUP BY substr(b.first, 1, 5) ORDER BY 1 LIMIT 1000;

-- :name totals :one
-- :out given int, issued int, returned int, waits int
SELECT CAST(COALESCE(sum(n), 0) AS BIGINT), CAST(COALESCE(sum(used_n), 0) AS BIGINT), CAST(COALESCE(sum(returned_n), 0) AS BIGINT),
  (SELECT count(*) FROM lane_entry WHERE state = 1) FROM lane_block;

-- :name of_key :one
-- :in public_key text
-- :out lane_id int
SELECT lane_id FROM lane WHERE public_key = $1 ORDER BY lane_id LIMIT 1;
