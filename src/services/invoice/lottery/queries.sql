-- :name draw_insert :exec
-- :in scheme text, draw text, kind text, opens_at instant, closes_at instant, rules text, secret bytes, commitment text, committed_at instant, chain text, round int, root text, receipt_id int
INSERT INTO lottery_draw (scheme, draw, kind, state, opens_at, closes_at, rules, secret, commitment, committed_at, chain, round,
beacon, size, stack, root, tickets, voids, won, won_fen, frozen_at, closed_at, winners, receipt_id)
VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10, $11, NULL, 0, '', $12, 0, 0, 0, 0, NULL, NULL, NULL, $13);

-- :name draw_get :one
-- :in scheme text, draw text
-- :out kind text, state text, opens_at instant, closes_at instant, rules text, secret bytes, commitment text, committed_at instant, chain text, round int, beacon text?, size int, stack bytes, root text, tickets int, voids int, won int, won_sum money, frozen_at instant?, closed_at instant?, receipt_id int
SELECT kind, state, opens_at, closes_at, rules, secret, commitment, committed_at, chain, round, beacon, size, stack, root, tickets,
voids, won, won_fen, frozen_at, closed_at, receipt_id FROM lottery_draw WHERE scheme = $1 AND draw = $2;

-- :name draw_winners_text :one
-- :in scheme text, draw text
-- :out winners text?
SELECT winners FROM lottery_draw WHERE scheme = $1 AND draw = $2;

-- :name draw_grow :exec
-- :in size int, stack bytes, root text, tickets int, voids int, won int, won_sum money, scheme text, draw text
UPDATE lottery_draw SET size = $1, stack = $2, root = $3, tickets = $4, voids = $5, won = $6, won_fen = $7
WHERE scheme = $8 AND draw = $9;

-- :name draw_public :exec
-- :in beacon text, scheme text, draw text
UPDATE lottery_draw SET beacon = $1 WHERE scheme = $2 AND draw = $3 AND beacon IS NULL;

-- :name draw_freeze :exec
-- :in frozen_at instant, scheme text, draw text
UPDATE lottery_draw SET state = 'frozen', frozen_at = $1 WHERE scheme = $2 AND draw = $3 AND state = 'open';

-- :name draw_round :exec
-- :in chain text, round int, scheme text, draw text
UPDATE lottery_draw SET chain = $1, round = $2 WHERE scheme = $3 AND draw = $4;

-- :name draw_close :exec
-- :in closed_at instant, winners text, won int, won_sum money, scheme text, draw text
UPDATE lottery_draw SET state = 'closed', closed_at = $1, winners = $2, won = $3, won_fen = $4
WHERE scheme = $5 AND draw = $6 AND state <> 'closed';

-- :name draws_unfinished :many
-- :in after_scheme text, after_draw text
-- :out scheme text, draw text, kind text, state text, opens_at instant, closes_at instant, chain text, round int, has_beacon int
-- :max 200
SELECT scheme, draw, kind, state, opens_at, closes_at, chain, round, CASE WHEN beacon IS NULL THEN 0 ELSE 1 END
FROM lottery_draw WHERE state <> 'closed' AND (scheme > $1 OR (scheme = $1 AND draw > $2))
ORDER BY scheme, draw LIMIT 200;

-- :name draws_of :many
-- :in scheme text, before text
-- :out draw text, kind text, state text, opens_at instant, closes_at instant, commitment text, tickets int, voids int, won int, won_sum money, root text
-- :max 60
SELECT draw, kind, state, opens_at, closes_at, commitment, tickets, voids, won, won_fen, root FROM lottery_draw
WHERE scheme = $1 AND draw < $2 ORDER BY draw DESC LIMIT 60;

-- :name days_sums :many
-- :in scheme text, since instant
-- :out draw text, kind text, tickets int, voids int, won int, won_sum money
-- :max 400
SELECT draw, kind, tickets, voids, won, won_fen FROM lottery_draw WHERE scheme = $1 AND closes_at >= $2 ORDER BY opens_at, draw LIMIT 400;

-- :name line_insert :exec
-- :in scheme text, draw text, seq int, line text
INSERT INTO lottery_line (scheme, draw, seq, line) VALUES ($1, $2, $3, $4);

-- :name lines :many
-- :in scheme text, draw text, after int, before int
-- :out seq int, line text
-- :max 1000
SELECT seq, line FROM lottery_line WHERE scheme = $1 AND draw = $2 AND seq > $3 AND seq <= $4 ORDER BY seq LIMIT 1000;

-- :name ticket_insert :exec
-- :in number text, ticket_id int, scheme text, person_id int, seller_id int, seller text, total money, issued_at instant, entered_at instant, way text, state text, reason text, instant text, periodic text, drawn money, counter int, slot int
INSERT INTO lottery_ticket (number, ticket_id, scheme, person_id, seller_id, seller, total_fen, issued_at, entered_at, way, state, reason,
instant, periodic, drawn_fen, counter, slot, charity)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, '');

-- :name pair_count :one
-- :in person_id int, seller_id int, since instant, until instant
-- :out n int
SELECT count(*) FROM (SELECT seller_id, issued_at FROM lottery_ticket WHERE person_id = $1 ORDER BY ticket_id DESC LIMIT 500) AS t
WHERE seller_id = $2 AND issued_at >= $3 AND issued_at <= $4;

-- :name ticket_get :one
-- :in number text
-- :out ticket_id int, scheme text, person_id int, seller_id int, seller text, total money, entered_at instant, way text, state text, reason text, instant text, periodic text, drawn money, counter int, slot int, charity text
SELECT ticket_id, scheme, person_id, seller_id, seller, total_fen, entered_at, way, state, reason, instant, periodic, drawn_fen, counter,
slot, charity FROM lottery_ticket WHERE number = $1;

-- :name tickets_of :many
-- :in person_id int, before_id int
-- :out number text, ticket_id int, scheme text, seller text, total money, entered_at instant, way text, state text, reason text, instant text, periodic text, drawn money, charity text
-- :max 50
SELECT number, ticket_id, scheme, seller, total_fen, entered_at, way, state, reason, instant, periodic, drawn_fen, charity
FROM lottery_ticket WHERE person_id = $1 AND ticket_id < $2 ORDER BY ticket_id DESC LIMIT 50;

-- :name ticket_void :exec
-- :in reason text, number text
UPDATE lottery_ticket SET state = 'void', reason = $1 WHERE number = $2 AND state = 'valid';

-- :name ticket_charity :exec
-- :in charity text, number text
UPDATE lottery_ticket SET charity = $1 WHERE number = $2;

-- :name use_add :one
-- :in person_id int, scheme text, period text
-- :out n int
INSERT INTO lottery_use (person_id, scheme, period, n) VALUES ($1, $2, $3, 1)
ON CONFLICT (person_id, scheme, period) DO UPDATE SET n = lottery_use.n + 1 RETURNING n;

-- :name use_get :one
-- :in person_id int, scheme text, period text
-- :out n int
SELECT n FROM lottery_use WHERE person_id = $1 AND scheme = $2 AND period = $3;

-- :name waiting_put :exec
-- :in number text, person_id int, since instant
INSERT INTO lottery_waiting (number, person_id, since) VALUES ($1, $2, $3) ON CONFLICT (number) DO NOTHING;

-- :name waiting_list :many
-- :in after text
-- :out number text, person_id int
-- :max 500
SELECT number, person_id FROM lottery_waiting WHERE number > $1 ORDER BY number LIMIT 500;

-- :name waiting_remove :exec
-- :in number text
DELETE FROM lottery_waiting WHERE number = $1;

-- :name prize_insert :exec
-- :in prize_id int, scheme text, draw text, number text, person_id int, amount money, tax money, state text, channel text, account bytes?, account_tail text, charity text, order_no text, won_at instant, pay_from instant, claim_until instant, receipt_id int
INSERT INTO lottery_prize (prize_id, scheme, draw, number, person_id, amount_fen, tax_fen, state, reason, channel, account, account_tail,
charity, order_no, provider_no, tries, won_at, pay_from, claim_until, settled_at, receipt_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, $10, $11, $12, $13, '', 0, $14, $15, $16, NULL, $17);

-- :name prize_get :one
-- :in prize_id int
-- :out scheme text, draw text, number text, person_id int, amount money, tax money, state text, reason text, channel text, account bytes?, account_tail text, charity text, order_no text, provider_no text, tries int, won_at instant, pay_from instant, claim_until instant, settled_at instant?, receipt_id int
SELECT scheme, draw, number, person_id, amount_fen, tax_fen, state, reason, channel, account, account_tail, charity, order_no, provider_no,
tries, won_at, pay_from, claim_until, settled_at, receipt_id FROM lottery_prize WHERE prize_id = $1;

-- :name prize_find :one
-- :in scheme text, draw text, number text
-- :out prize_id int
SELECT prize_id FROM lottery_prize WHERE scheme = $1 AND draw = $2 AND number = $3;

-- :name prizes_of_number :many
-- :in number text
-- :out prize_id int
-- :max 10
SELECT prize_id FROM lottery_prize WHERE number = $1 ORDER BY prize_id LIMIT 10;

-- :name prizes_of :many
-- :in person_id int, before_id int
-- :out prize_id int
-- :max 50
SELECT prize_id FROM lottery_prize WHERE person_id = $1 AND prize_id < $2 ORDER BY prize_id DESC LIMIT 50;

-- :name prizes_open :many
-- :in person_id int
-- :out prize_id int
-- :max 200
SELECT prize_id FROM lottery_prize WHERE person_id = $1 AND state IN ('won', 'failed') ORDER BY prize_id LIMIT 200;

-- :name prizes_late :many
-- :in state text, claim_until instant
-- :out prize_id int
-- :max 200
SELECT prize_id FROM lottery_prize WHERE state = $1 AND claim_until < $2 ORDER BY prize_id LIMIT 200;

-- :name prize_reclaims :one
-- :in person_id int
-- :out n int
SELECT count(*) FROM lottery_prize WHERE person_id = $1 AND state = 'reclaim';

-- :name prizes_reclaimed :many
-- :out prize_id int
-- :max 50
SELECT prize_id FROM lottery_prize WHERE state = 'reclaim' ORDER BY prize_id LIMIT 50;

-- :name prize_move :exec
-- :in state text, reason text, channel text, account bytes?, account_tail text, charity text, order_no text, provider_no text, tries int, settled_at instant?, receipt_id int, prize_id int
UPDATE lottery_prize SET state = $1, reason = $2, channel = $3, account = $4, account_tail = $5, charity = $6, order_no = $7,
provider_no = $8, tries = $9, settled_at = $10, receipt_id = $11 WHERE prize_id = $12;

-- :name prize_sums :many
-- :in scheme text
-- :out state text, n int, amount money, tax money
-- :max 10
SELECT state, count(*), CAST(sum(amount_fen) AS BIGINT), CAST(sum(tax_fen) AS BIGINT) FROM lottery_prize WHERE scheme = $1
GROUP BY state ORDER BY state LIMIT 10;

-- :name order_insert :exec
-- :in order_no text, prize_id int, channel text, amount money, made_at instant
INSERT INTO lottery_order (order_no, prize_id, channel, amount_fen, state, made_at, provider_no, settled_on)
VALUES ($1, $2, $3, $4, 'open', $5, NULL, NULL) ON CONFLICT (order_no) DO NOTHING;

-- :name order_get :one
-- :in order_no text
-- :out prize_id int, channel text, amount money, state text, provider_no text?
SELECT prize_id, channel, amount_fen, state, provider_no FROM lottery_order WHERE order_no = $1;

-- :name order_settle :exec
-- :in state text, provider_no text?, settled_on date?, order_no text
UPDATE lottery_order SET state = $1, provider_no = $2, settled_on = $3 WHERE order_no = $4 AND state = 'open';

-- :name orders_of_day :many
-- :in channel text, settled_on date
-- :out order_no text, provider_no text, amount money
-- :max 50000
SELECT order_no, provider_no, amount_fen FROM lottery_order WHERE channel = $1 AND settled_on = $2 AND state = 'paid'
ORDER BY order_no LIMIT 50000;

-- :name account_insert :exec
-- :in person_id int, account_id int, channel text, account bytes, tail text, added_at instant
INSERT INTO lottery_account (person_id, account_id, channel, account, tail, added_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, NULL);

-- :name account_end :exec
-- :in ended_at instant, person_id int
UPDATE lottery_account SET ended_at = $1 WHERE person_id = $2 AND ended_at IS NULL;

-- :name account_current :one
-- :in person_id int
-- :out account_id int, channel text, account bytes, tail text, added_at instant
SELECT account_id, channel, account, tail, added_at FROM lottery_account WHERE person_id = $1 AND ended_at IS NULL
ORDER BY account_id DESC LIMIT 1;

-- :name provider_get :one
-- :in channel text
-- :out address text, merchant text, key_sealed bytes, secret_sealed bytes, their_key bytes, their_serial text
SELECT address, merchant, key_sealed, secret_sealed, their_key, their_serial FROM lottery_provider WHERE channel = $1;

-- :name provider_put :exec
-- :in channel text, address text, merchant text, key_sealed bytes, secret_sealed bytes, their_key bytes, their_serial text
INSERT INTO lottery_provider (channel, address, merchant, key_sealed, secret_sealed, their_key, their_serial)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (channel) DO UPDATE SET address = excluded.address, merchant = excluded.merchant,
key_sealed = excluded.key_sealed, secret_sealed = excluded.secret_sealed, their_key = excluded.their_key,
their_serial = excluded.their_serial;

-- :name callback_insert :exec
-- :in channel text, nonce text, at instant
INSERT INTO lottery_callback (channel, nonce, at) VALUES ($1, $2, $3) ON CONFLICT (channel, nonce) DO NOTHING;

-- :name callbacks_forget :exec
-- :in before instant
DELETE FROM lottery_callback WHERE at < $1;

-- :name release_insert :exec
-- :in release_id int, scheme text, amount money, reason text, asked_by int, asked_at instant
INSERT INTO lottery_release (release_id, scheme, amount_fen, reason, asked_by, asked_at, state, decided_by, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, 'asked', NULL, NULL);

-- :name release_get :one
-- :in release_id int
-- :out scheme text, amount money, reason text, asked_by int, asked_at instant, state text, decided_by int?, decided_at instant?
SELECT scheme, amount_fen, reason, asked_by, asked_at, state, decided_by, decided_at FROM lottery_release WHERE release_id = $1;

-- :name release_decide :exec
-- :in state text, decided_by int, decided_at instant, release_id int
UPDATE lottery_release SET state = $1, decided_by = $2, decided_at = $3 WHERE release_id = $4 AND state = 'asked';

-- :name releases :many
-- :out release_id int, scheme text, amount money, reason text, asked_by int, asked_at instant, state text, decided_by int?, decided_at instant?
-- :max 50
SELECT release_id, scheme, amount_fen, reason, asked_by, asked_at, state, decided_by, decided_at FROM lottery_release
ORDER BY release_id DESC LIMIT 50;

-- :name typed_put :exec
-- :in scheme text, draw text, officer_id int, first text, second text, at instant
INSERT INTO lottery_typed (scheme, draw, officer_id, first, second, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (scheme, draw, officer_id) DO UPDATE SET first = excluded.first, second = excluded.second, at = excluded.at;

-- :name typed_agree :one
-- :in scheme text, draw text, first text, second text
-- :out n int
SELECT count(*) FROM lottery_typed WHERE scheme = $1 AND draw = $2 AND first = $3 AND second = $4;

-- :name case_insert :exec
-- :in case_no text, case_id int, person_id int, seller_id int, seller text, place text, happened_at instant, amount money, note text, due_on date, receipt_id int
INSERT INTO lottery_case (case_no, case_id, person_id, seller_id, seller, place, happened_at, amount_fen, note, state, outcome, due_on, receipt_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', '', $10, $11);

-- :name case_get :one
-- :in case_no text
-- :out case_id int, person_id int, seller_id int, seller text, place text, happened_at instant, amount money, note text, state text, outcome text, due_on date, receipt_id int
SELECT case_id, person_id, seller_id, seller, place, happened_at, amount_fen, note, state, outcome, due_on, receipt_id
FROM lottery_case WHERE case_no = $1;

-- :name case_move :exec
-- :in state text, outcome text, case_no text
UPDATE lottery_case SET state = $1, outcome = $2 WHERE case_no = $3;

-- :name cases_of :many
-- :in person_id int
-- :out case_no text, case_id int, seller text, happened_at instant, state text, outcome text, due_on date
-- :max 50
SELECT case_no, case_id, seller, happened_at, state, outcome, due_on FROM lottery_case WHERE person_id = $1 ORDER BY case_id DESC LIMIT 50;

-- :name cases_by_state :many
-- :in state text
-- :out case_no text, case_id int, seller text, happened_at instant, state text, outcome text, due_on date
-- :max 50
SELECT case_no, case_id, seller, happened_at, state, outcome, due_on FROM lottery_case WHERE state = $1 ORDER BY case_id LIMIT 50;

-- :name step_insert :exec
-- :in case_no text, seq int, at instant, state text, note text
INSERT INTO lottery_case_step (case_no, seq, at, state, note) VALUES ($1, $2, $3, $4, $5);

-- :name steps :many
-- :in case_no text
-- :out seq int, at instant, state text, note text
-- :max 50
SELECT seq, at, state, note FROM lottery_case_step WHERE case_no = $1 ORDER BY seq LIMIT 50;

-- :name day_put :exec
-- :in channel text, day date, run_at instant, our_count int, our_sum money, their_count int, their_sum money, open_count int, detail text
INSERT INTO lottery_day (channel, day, run_at, our_count, our_fen, their_count, their_fen, open_count, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (channel, day) DO UPDATE SET run_at = excluded.run_at,
our_count = excluded.our_count, our_fen = excluded.our_fen, their_count = excluded.their_count, their_fen = excluded.their_fen,
open_count = excluded.open_count, detail = excluded.detail;

-- :name days :many
-- :out channel text, day date, run_at instant, our_count int, our_sum money, their_count int, their_sum money, open_count int, detail text
-- :max 30
SELECT channel, day, run_at, our_count, our_fen, their_count, their_fen, open_count, detail FROM lottery_day
ORDER BY day DESC, channel LIMIT 30;

-- fsck: prizes without exactly the ledger's debt, paid ones without one paid order, lines against sizes.
-- :name prizes_after :many
-- :in after int
-- :out prize_id int, person_id int, amount money, state text
-- :max 500
SELECT prize_id, person_id, amount_fen, state FROM lottery_prize WHERE prize_id > $1 ORDER BY prize_id LIMIT 500;

-- :name paid_wrong :many
-- :out prize_id int
-- :max 100
SELECT p.prize_id FROM lottery_prize p LEFT JOIN (SELECT prize_id, count(*) AS n, CAST(sum(amount_fen) AS BIGINT) AS paid
  FROM lottery_order WHERE state = 'paid' GROUP BY prize_id) o ON o.prize_id = p.prize_id
WHERE (p.state IN ('paid', 'reclaim', 'repaid') AND (o.n IS NULL OR o.n <> 1 OR o.paid <> p.amount_fen - p.tax_fen))
OR (p.state NOT IN ('paid', 'reclaim', 'repaid') AND o.n IS NOT NULL) ORDER BY p.prize_id LIMIT 100;

-- :name draws_wrong :many
-- :out scheme text, draw text
-- :max 100
SELECT d.scheme, d.draw FROM lottery_draw d LEFT JOIN (SELECT scheme, draw, count(*) AS n, max(seq) AS last FROM lottery_line
  GROUP BY scheme, draw) l ON l.scheme = d.scheme AND l.draw = d.draw
WHERE d.size <> COALESCE(l.n, 0) OR d.size <> COALESCE(l.last, 0) ORDER BY d.scheme, d.draw LIMIT 100;

-- :name won_wrong :many
-- :out scheme text, draw text
-- :max 100
SELECT d.scheme, d.draw FROM lottery_draw d LEFT JOIN (SELECT scheme, draw, count(*) AS n, CAST(sum(amount_fen) AS BIGINT) AS amount
  FROM lottery_prize GROUP BY scheme, draw) p ON p.scheme = d.scheme AND p.draw = d.draw
WHERE (d.kind = 'instant' OR d.state = 'closed') AND (d.won <> COALESCE(p.n, 0) OR d.won_fen <> COALESCE(p.amount, 0))
ORDER BY d.scheme, d.draw LIMIT 100;

-- :name counts :one
-- :out draws int, tickets int, prizes int
SELECT (SELECT count(*) FROM lottery_draw), (SELECT count(*) FROM lottery_ticket), (SELECT count(*) FROM lottery_prize);

-- :name draw_frozen_receipt_put :exec
-- :in receipt_id int, scheme text, draw text
UPDATE lottery_draw SET frozen_receipt = $1 WHERE scheme = $2 AND draw = $3;

-- :name draw_frozen_receipt :one
-- :in scheme text, draw text
-- :out receipt_id int
SELECT frozen_receipt FROM lottery_draw WHERE scheme = $1 AND draw = $2;
