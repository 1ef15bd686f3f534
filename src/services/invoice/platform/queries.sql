-- :name batch_insert :exec
-- :in platform_id int, batch_id int, name text, format text, size int, algorithm text, digest text, drawer text, created_at instant
INSERT INTO platform_batch (platform_id, batch_id, name, format, size, algorithm, digest, received, state, reason, drawer,
  n_lines, groups, at_byte, at_line, orders, issued, held, refused, known, created_at, finished_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 'uploading', '', $8, 0, 0, 0, 0, 0, 0, 0, 0, 0, $9, NULL);

-- :name batch_get :one
-- :in platform_id int, batch_id int
-- :out name text, format text, size int, algorithm text, digest text, received int, state text, reason text, drawer text, n_lines int, groups int, at_byte int, at_line int, orders int, issued int, held int, refused int, known int, created_at instant, finished_at instant?
SELECT name, format, size, algorithm, digest, received, state, reason, drawer, n_lines, groups, at_byte, at_line, orders,
  issued, held, refused, known, created_at, finished_at FROM platform_batch WHERE platform_id = $1 AND batch_id = $2;

-- :name batches_rows :many
-- :in platform_id int, before_id int
-- :out batch_id int, name text, size int, received int, state text, orders int, issued int, held int, refused int, known int, created_at instant
-- :max 50
SELECT batch_id, name, size, received, state, orders, issued, held, refused, known, created_at FROM platform_batch
WHERE platform_id = $1 AND batch_id < $2 ORDER BY batch_id DESC LIMIT 50;

-- :name uploads_open :one
-- :in platform_id int
-- :out n int
SELECT count(*) FROM platform_batch WHERE platform_id = $1 AND state = 'uploading';

-- :name batch_received :exec
-- :in more int, platform_id int, batch_id int, at int
UPDATE platform_batch SET received = received + $1
WHERE platform_id = $2 AND batch_id = $3 AND received = $4 AND state = 'uploading';

-- :name batch_start :exec
-- :in n_lines int, platform_id int, batch_id int
UPDATE platform_batch SET state = 'working', n_lines = $1
WHERE platform_id = $2 AND batch_id = $3 AND state = 'uploading';

-- :name batch_end :exec
-- :in state text, reason text, finished_at instant, platform_id int, batch_id int
UPDATE platform_batch SET state = $1, reason = $2, finished_at = $3
WHERE platform_id = $4 AND batch_id = $5 AND state IN ('uploading', 'working');

-- :name batch_settled :exec
-- :in n int, platform_id int, batch_id int
UPDATE platform_batch SET held = held - $1, issued = issued + $1 WHERE platform_id = $2 AND batch_id = $3;

-- :name batch_step :exec
-- :in at_byte int, at_line int, orders int, issued int, held int, refused int, known int, platform_id int, batch_id int, groups int
UPDATE platform_batch SET groups = groups + 1, at_byte = $1, at_line = $2, orders = orders + $3, issued = issued + $4,
  held = held + $5, refused = refused + $6, known = known + $7
WHERE platform_id = $8 AND batch_id = $9 AND groups = $10 AND state = 'working';

-- :name part_insert :exec
-- :in batch_id int, at int, bytes bytes
INSERT INTO platform_part (batch_id, at, bytes) VALUES ($1, $2, $3);

-- :name part_next :one
-- :in batch_id int, at int
-- :out bytes bytes
SELECT bytes FROM platform_part WHERE batch_id = $1 AND at = $2;

-- :name parts_drop :exec
-- :in batch_id int
DELETE FROM platform_part WHERE batch_id = $1;

-- :name line_insert :exec
-- :in batch_id int, line int, grp int, seller text, order_no text, state text, numbers text, errors text
-- :rows 25
INSERT INTO platform_line (batch_id, line, grp, seller, order_no, state, numbers, errors)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- :name line_states :many
-- :in batch_id int, from_line int, to_line int
-- :out line int, grp int, state text
-- :max 1000
SELECT line, grp, state FROM platform_line WHERE batch_id = $1 AND line >= $2 AND line <= $3 ORDER BY line LIMIT 1000;

-- :name line_set :exec
-- :in state text, numbers text, errors text, batch_id int, line int
UPDATE platform_line SET state = $1, numbers = $2, errors = $3 WHERE batch_id = $4 AND line = $5;

-- :name line_rows :many
-- :in batch_id int, after int
-- :out line int, seller text, order_no text, state text, numbers text, errors text
-- :max 1000
SELECT line, seller, order_no, state, numbers, errors FROM platform_line WHERE batch_id = $1 AND line > $2
ORDER BY line LIMIT 1000;

-- :name line_rows_of :many
-- :in batch_id int, state text, after int
-- :out line int, seller text, order_no text, state text, numbers text, errors text
-- :max 1000
SELECT line, seller, order_no, state, numbers, errors FROM platform_line WHERE batch_id = $1 AND state = $2 AND line > $3
ORDER BY line LIMIT 1000;

-- :name order_insert :exec
-- :in seller_id int, order_no text, platform_id int, batch_id int, line int, state text, total money, kept text, code_hash text?, drawer text
INSERT INTO platform_order (seller_id, order_no, platform_id, batch_id, line, state, total_fen, kept, code_hash, drawer,
  settle_id, numbers) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '') ON CONFLICT (seller_id, platform_id, order_no) DO NOTHING;

-- :name order_get :one
-- :in seller_id int, platform_id int, order_no text
-- :out batch_id int, line int, state text, total money, kept text, drawer text, settle_id int, numbers text
SELECT batch_id, line, state, total_fen, kept, drawer, settle_id, numbers FROM platform_order
WHERE seller_id = $1 AND platform_id = $2 AND order_no = $3;

-- :name code_key :one
-- :out secret bytes
SELECT secret FROM platform_code_key WHERE one = 1;

-- :name code_key_put :exec
-- :in secret bytes
INSERT INTO platform_code_key (one, secret) VALUES (1, $1) ON CONFLICT (one) DO NOTHING;

-- :name order_code :one
-- :in seller_id int, platform_id int, order_no text
-- :out code_hash text?
SELECT code_hash FROM platform_order WHERE seller_id = $1 AND platform_id = $2 AND order_no = $3;

-- :name order_by_code :one
-- :in code_hash text
-- :out seller_id int, order_no text, platform_id int, state text, total money, kept text, drawer text, settle_id int, numbers text
SELECT seller_id, order_no, platform_id, state, total_fen, kept, drawer, settle_id, numbers FROM platform_order
WHERE code_hash = $1;

-- The newest of each seller first.
-- :name orders_waiting :many
-- :in platform_id int, from_seller int, to_seller int, before_seller int, before_batch int, before_line int
-- :out seller_id int, order_no text, batch_id int, line int, total money
-- :max 51
SELECT seller_id, order_no, batch_id, line, total_fen FROM platform_order
WHERE platform_id = $1 AND state = 'held' AND seller_id >= $2 AND seller_id <= $3 AND (seller_id, batch_id, line) < ($4, $5, $6)
ORDER BY seller_id DESC, batch_id DESC, line DESC LIMIT 51;

-- :name orders_of_seller :many
-- :in seller_id int, platform_id int, after text
-- :out order_no text, batch_id int, line int, state text, total money, numbers text
-- :max 51
SELECT order_no, batch_id, line, state, total_fen, numbers FROM platform_order
WHERE seller_id = $1 AND platform_id = $2 AND order_no > $3 ORDER BY order_no LIMIT 51;

-- :name order_issued :exec
-- :in numbers text, seller_id int, platform_id int, order_no text
UPDATE platform_order SET state = 'issued', numbers = $1, kept = ''
WHERE seller_id = $2 AND platform_id = $3 AND order_no = $4 AND state = 'taken';

-- :name order_free :exec
-- :in seller_id int, platform_id int, order_no text, batch_id int, line int
DELETE FROM platform_order WHERE seller_id = $1 AND platform_id = $2 AND order_no = $3 AND batch_id = $4 AND line = $5
  AND state = 'taken';

-- :name order_settle :exec
-- :in settle_id int, seller_id int, platform_id int, order_no text
UPDATE platform_order SET state = 'settling', settle_id = $1
WHERE seller_id = $2 AND platform_id = $3 AND order_no = $4 AND state = 'held';

-- :name orders_settling :many
-- :in seller_id int, platform_id int, settle_id int
-- :out order_no text, batch_id int, line int
-- :max 100
SELECT order_no, batch_id, line FROM platform_order WHERE seller_id = $1 AND platform_id = $2 AND settle_id = $3
  AND state = 'settling' ORDER BY order_no LIMIT 100;

-- :name orders_settled :exec
-- :in state text, numbers text, seller_id int, platform_id int, settle_id int
UPDATE platform_order SET state = $1, numbers = $2, kept = CASE WHEN $1 = 'issued' THEN '' ELSE kept END
WHERE seller_id = $3 AND platform_id = $4 AND settle_id = $5 AND state = 'settling';

-- :name settle_insert :exec
-- :in settle_id int, platform_id int, seller_id int, drawer text, lines text, at instant
INSERT INTO platform_settle (settle_id, platform_id, seller_id, drawer, lines, state, numbers, errors, at)
VALUES ($1, $2, $3, $4, $5, 'working', '', '', $6);

-- :name settle_get :one
-- :in settle_id int
-- :out platform_id int, seller_id int, drawer text, lines text, state text, numbers text, errors text
SELECT platform_id, seller_id, drawer, lines, state, numbers, errors FROM platform_settle WHERE settle_id = $1;

-- :name settle_end :exec
-- :in state text, numbers text, errors text, settle_id int
UPDATE platform_settle SET state = $1, numbers = $2, errors = $3, lines = '' WHERE settle_id = $4 AND state = 'working';

-- :name hook_insert :exec
-- :in platform_id int, hook_id int, url text, events text, secret_sealed bytes, created_at instant
INSERT INTO platform_hook (platform_id, hook_id, url, events, secret_sealed, created_at, ended_at)
VALUES ($1, $2, $3, $4, $5, $6, NULL);

-- :name hook_end :exec
-- :in ended_at instant, platform_id int, hook_id int
UPDATE platform_hook SET ended_at = $1 WHERE platform_id = $2 AND hook_id = $3 AND ended_at IS NULL;

-- :name hooks :many
-- :in platform_id int
-- :out hook_id int, url text, events text, created_at instant
-- :max 20
SELECT hook_id, url, events, created_at FROM platform_hook WHERE platform_id = $1 AND ended_at IS NULL
ORDER BY hook_id LIMIT 20;

-- :name hook_get :one
-- :in platform_id int, hook_id int
-- :out url text, events text, secret_sealed bytes, ended_at instant?
SELECT url, events, secret_sealed, ended_at FROM platform_hook WHERE platform_id = $1 AND hook_id = $2;

-- :name delivery_insert :exec
-- :in platform_id int, delivery_id int, hook_id int, kind text, body text, created_at instant
INSERT INTO platform_delivery (platform_id, delivery_id, hook_id, kind, body, state, tries, status, reason, created_at, tried_at)
VALUES ($1, $2, $3, $4, $5, 'waiting', 0, 0, '', $6, NULL);

-- :name delivery_get :one
-- :in platform_id int, delivery_id int
-- :out hook_id int, kind text, body text, state text, tries int, created_at instant
SELECT hook_id, kind, body, state, tries, created_at FROM platform_delivery WHERE platform_id = $1 AND delivery_id = $2;

-- :name delivery_tried :exec
-- :in state text, tries int, status int, reason text, tried_at instant, platform_id int, delivery_id int
UPDATE platform_delivery SET state = $1, tries = $2, status = $3, reason = $4, tried_at = $5
WHERE platform_id = $6 AND delivery_id = $7 AND state = 'waiting';

-- :name delivery_again :one
-- :in platform_id int, delivery_id int
-- :out hook_id int
UPDATE platform_delivery SET state = 'waiting', tries = 0 WHERE platform_id = $1 AND delivery_id = $2 AND state = 'dead'
RETURNING hook_id;

-- :name deliveries :many
-- :in platform_id int, state text, before_id int
-- :out delivery_id int, hook_id int, kind text, state text, tries int, status int, reason text, created_at instant, tried_at instant?
-- :max 50
SELECT delivery_id, hook_id, kind, state, tries, status, reason, created_at, tried_at FROM platform_delivery
WHERE platform_id = $1 AND state = $2 AND delivery_id < $3 ORDER BY delivery_id DESC LIMIT 50;

-- :name electronic_add :exec
-- :in period text, n int
INSERT INTO paperless_month (period, electronic) VALUES ($1, $2)
ON CONFLICT (period) DO UPDATE SET electronic = paperless_month.electronic + excluded.electronic;

-- :name paper_put :exec
-- :in seller_id int, period text, paper int, at instant
INSERT INTO paperless_report (seller_id, period, paper, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (seller_id, period) DO UPDATE SET paper = excluded.paper, at = excluded.at;

-- :name paper_of :many
-- :in seller_id int
-- :out period text, paper int, at instant
-- :max 24
SELECT period, paper, at FROM paperless_report WHERE seller_id = $1 ORDER BY period DESC LIMIT 24;

-- :name electronic_months :many
-- :in from_period text, to_period text
-- :out period text, n int
-- :max 12
SELECT period, electronic FROM paperless_month WHERE period >= $1 AND period <= $2 ORDER BY period LIMIT 12;

-- :name paper_months :many
-- :in from_period text, to_period text
-- :out period text, n int, firms int
-- :max 12
SELECT period, CAST(SUM(paper) AS BIGINT), COUNT(*) FROM paperless_report WHERE period >= $1 AND period <= $2
GROUP BY period ORDER BY period LIMIT 12;

-- :name batches_wrong :many
-- :out batch_id int
-- :max 100
SELECT batch_id FROM platform_batch WHERE orders <> issued + held + refused + known
  OR (state = 'done' AND finished_at IS NULL) ORDER BY batch_id LIMIT 100;

-- :name orders_wrong :many
-- :out seller_id int, order_no text
-- :max 100
SELECT seller_id, order_no FROM platform_order WHERE (state = 'issued' AND numbers = '') OR (state <> 'issued' AND numbers <> '')
  OR (state = 'held' AND kept = '') ORDER BY seller_id, order_no LIMIT 100;
