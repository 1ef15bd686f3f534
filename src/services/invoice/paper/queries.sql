-- :name code_put :exec
-- :in code text, kind text, per_unit int
INSERT INTO paper_code (code, kind, per_unit) VALUES ($1, $2, $3) ON CONFLICT (code) DO NOTHING;

-- :name code_get :one
-- :in code text
-- :out kind text, per_unit int
SELECT kind, per_unit FROM paper_code WHERE code = $1;

-- :name box_insert :exec
-- :in code text, from_no int, to_no int, officer_id int, received_at instant
INSERT INTO paper_box (code, from_no, to_no, officer_id, received_at) VALUES ($1, $2, $3, $4, $5);

-- :name box_over :one
-- :in code text, from_no int, to_no int
-- :out from_no int, to_no int
SELECT from_no, to_no FROM paper_box WHERE code = $1 AND to_no >= $2 AND from_no <= $3 ORDER BY from_no LIMIT 1;

-- :name boxes :many
-- :out code text, from_no int, to_no int, received_at instant
-- :max 50
SELECT code, from_no, to_no, received_at FROM paper_box ORDER BY received_at DESC, code, from_no LIMIT 50;

-- :name boxes_after :many
-- :in code text, from_no int
-- :out code text, from_no int, to_no int
-- :max 1000
SELECT code, from_no, to_no FROM paper_box WHERE code > $1 OR (code = $1 AND from_no > $2) ORDER BY code, from_no LIMIT 1000;

-- :name span_insert :exec
-- :in code text, from_no int, to_no int, kind text, state text, holder_id int, application_id int, since instant
INSERT INTO paper_span (code, from_no, to_no, kind, state, holder_id, application_id, since)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- :name span_delete :exec
-- :in code text, from_no int
DELETE FROM paper_span WHERE code = $1 AND from_no = $2;

-- :name spans_over :many
-- :in code text, from_no int, to_no int
-- :out from_no int, to_no int, kind text, state text, holder_id int, application_id int, since instant
-- :max 1001
SELECT from_no, to_no, kind, state, holder_id, application_id, since FROM paper_span
WHERE code = $1 AND to_no >= $2 AND from_no <= $3 ORDER BY from_no LIMIT 1001;

-- :name span_at :one
-- :in code text, from_no int
-- :out from_no int, to_no int, state text, holder_id int, since instant
SELECT from_no, to_no, state, holder_id, since FROM paper_span WHERE code = $1 AND from_no <= $2 ORDER BY from_no DESC LIMIT 1;

-- :name shelf :many
-- :in kind text
-- :out code text, from_no int, to_no int, per_unit int
-- :max 1000
SELECT s.code, s.from_no, s.to_no, k.per_unit FROM paper_span s JOIN paper_code k ON k.code = s.code
WHERE s.kind = $1 AND s.state = 'stock' ORDER BY s.code, s.from_no LIMIT 1000;

-- :name held :many
-- :in holder_id int, kind text
-- :out code text, from_no int, to_no int, per_unit int, state text, application_id int
-- :max 2000
SELECT s.code, s.from_no, s.to_no, k.per_unit, s.state, s.application_id FROM paper_span s JOIN paper_code k ON k.code = s.code
WHERE s.holder_id = $1 AND s.state IN ('handed', 'sent') AND s.kind = $2 ORDER BY s.code, s.from_no LIMIT 2000;

-- :name spans_of :many
-- :in holder_id int, application_id int
-- :out code text, from_no int, to_no int, state text
-- :max 2000
SELECT code, from_no, to_no, state FROM paper_span WHERE holder_id = $1 AND application_id = $2 ORDER BY code, from_no LIMIT 2000;

-- :name spans_deliver :exec
-- :in since instant, holder_id int, application_id int
UPDATE paper_span SET state = 'handed', since = $1 WHERE holder_id = $2 AND application_id = $3 AND state = 'sent';

-- :name spans_back :exec
-- :in since instant, holder_id int, application_id int
UPDATE paper_span SET state = 'stock', since = $1, holder_id = 0, application_id = 0
WHERE holder_id = $2 AND application_id = $3 AND state = 'sent';

-- :name sums :many
-- :out kind text, state text, numbers int
-- :max 30
SELECT kind, state, CAST(SUM(to_no - from_no + 1) AS BIGINT) FROM paper_span GROUP BY kind, state ORDER BY kind, state;

-- :name spans_after :many
-- :in code text, from_no int
-- :out code text, from_no int, to_no int, state text, holder_id int, application_id int
-- :max 1000
SELECT code, from_no, to_no, state, holder_id, application_id FROM paper_span
WHERE code > $1 OR (code = $1 AND from_no > $2) ORDER BY code, from_no LIMIT 1000;

-- :name application_insert :exec
-- :in taxpayer_id int, application_id int, kind text, asked int, granted int, state text, way text, delivery bytes, reason text, why text, order_no text, asked_at instant, decided_at instant
INSERT INTO paper_application (taxpayer_id, application_id, kind, asked, granted, state, way, delivery, reason, why, note, order_no, asked_at, decided_at, ended_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11, $12, $13, 0);

-- :name application_get :one
-- :in taxpayer_id int, application_id int
-- :out kind text, asked int, granted int, state text, way text, delivery bytes, reason text, why text, note text, order_no text, asked_at instant, decided_at instant, ended_at instant
SELECT kind, asked, granted, state, way, delivery, reason, why, note, order_no, asked_at, decided_at, ended_at
FROM paper_application WHERE taxpayer_id = $1 AND application_id = $2;

-- :name application_open :one
-- :in taxpayer_id int, kind text
-- :out application_id int
SELECT application_id FROM paper_application
WHERE taxpayer_id = $1 AND kind = $2 AND state IN ('review', 'sending', 'on-way', 'ready') LIMIT 1;

-- :name application_last :one
-- :in taxpayer_id int, kind text
-- :out application_id int, granted int, ended_at instant
SELECT application_id, granted, ended_at FROM paper_application
WHERE taxpayer_id = $1 AND kind = $2 AND state = 'done' ORDER BY application_id DESC LIMIT 1;

-- :name applications :many
-- :in taxpayer_id int
-- :out application_id int, kind text, asked int, granted int, state text, way text, asked_at instant
-- :max 50
SELECT application_id, kind, asked, granted, state, way, asked_at FROM paper_application WHERE taxpayer_id = $1
ORDER BY application_id DESC LIMIT 50;

-- :name application_decide :exec
-- :in granted int, state text, why text, note text, order_no text, decided_at instant, ended_at instant, taxpayer_id int, application_id int
UPDATE paper_application SET granted = $1, state = $2, why = $3, note = $4, order_no = $5, decided_at = $6, ended_at = $7
WHERE taxpayer_id = $8 AND application_id = $9 AND state = 'review';

-- :name application_move :exec
-- :in state text, taxpayer_id int, application_id int
UPDATE paper_application SET state = $1 WHERE taxpayer_id = $2 AND application_id = $3 AND state = 'sending';

-- :name application_end :exec
-- :in state text, ended_at instant, taxpayer_id int, application_id int
UPDATE paper_application SET state = $1, ended_at = $2
WHERE taxpayer_id = $3 AND application_id = $4 AND state IN ('review', 'sending', 'on-way', 'ready');

-- :name waiting :many
-- :in after int
-- :out taxpayer_id int, application_id int, kind text, asked int, reason text, asked_at instant
-- :max 51
SELECT taxpayer_id, application_id, kind, asked, reason, asked_at FROM paper_application
WHERE state = 'review' AND application_id > $1 ORDER BY application_id LIMIT 51;

-- :name courier_put :exec
-- :in name text, title text, address text, secret bytes, registered_at instant
INSERT INTO paper_courier (name, title, address, secret, registered_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (name) DO UPDATE SET title = excluded.title, address = excluded.address, secret = excluded.secret;

-- :name courier_rekey :exec
-- :in old_until instant, secret bytes, name text
UPDATE paper_courier SET old_secret = secret, old_until = $1, secret = $2 WHERE name = $3 AND closed_at = 0;

-- :name courier_switched :exec
-- :in name text
UPDATE paper_courier SET old_secret = NULL, old_until = 0 WHERE name = $1;

-- :name courier_end :exec
-- :in at instant, name text
UPDATE paper_courier SET closed_at = $1 WHERE name = $2 AND closed_at = 0;

-- :name couriers :many
-- :out name text, title text, address text, registered_at instant, closed_at instant
-- :max 200
SELECT name, title, address, registered_at, closed_at FROM paper_courier ORDER BY closed_at <> 0, name LIMIT 200;

-- Parcels that are with it.
-- :name courier_parcels :one
-- :in name text
-- :out n int
SELECT count(*) FROM paper_parcel WHERE courier = $1 AND state NOT IN ('signed', 'returned');

-- :name courier_get :one
-- :in name text
-- :out title text, address text, secret bytes, closed_at instant, old_secret bytes?, old_until instant
SELECT title, address, secret, closed_at, old_secret, old_until FROM paper_courier WHERE name = $1;

-- :name courier_first :one
-- :out name text
SELECT name FROM paper_courier WHERE closed_at = 0 ORDER BY name LIMIT 1;

-- :name parcel_insert :exec
-- :in order_no text, courier text, taxpayer_id int, application_id int, heard_at instant
INSERT INTO paper_parcel (order_no, courier, taxpayer_id, application_id, waybill, state, last_seq, heard_at)
VALUES ($1, $2, $3, $4, '', 'new', -1, $5);

-- :name parcel_get :one
-- :in order_no text
-- :out courier text, taxpayer_id int, application_id int, waybill text, state text, last_seq int, heard_at instant
SELECT courier, taxpayer_id, application_id, waybill, state, last_seq, heard_at FROM paper_parcel WHERE order_no = $1;

-- :name parcel_set :exec
-- :in waybill text, state text, last_seq int, heard_at instant, order_no text
UPDATE paper_parcel SET waybill = $1, state = $2, last_seq = $3, heard_at = $4
WHERE order_no = $5 AND state NOT IN ('signed', 'returned');

-- :name parcels_silent :many
-- :in heard_at instant
-- :out order_no text, state text
-- :max 200
SELECT order_no, state FROM paper_parcel WHERE heard_at < $1 AND state NOT IN ('signed', 'returned')
ORDER BY heard_at, order_no LIMIT 200;

-- :name parcels_wrong :many
-- :out order_no text
-- :max 100
SELECT p.order_no FROM paper_parcel p
JOIN paper_application a ON a.taxpayer_id = p.taxpayer_id AND a.application_id = p.application_id
WHERE (p.state = 'signed' AND a.state <> 'done') OR (p.state = 'returned' AND a.state <> 'returned')
OR (p.state NOT IN ('signed', 'returned', 'new') AND a.state <> 'on-way') OR (p.state = 'new' AND a.state <> 'sending')
ORDER BY p.order_no LIMIT 100;

-- :name track_insert :exec
-- :in order_no text, seq int, state text, place text, at instant
INSERT INTO paper_track (order_no, seq, state, place, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (order_no, seq) DO NOTHING;

-- :name track :many
-- :in order_no text
-- :out seq int, state text, place text, at instant
-- :max 50
SELECT seq, state, place, at FROM paper_track WHERE order_no = $1 ORDER BY seq DESC LIMIT 50;

-- :name letter_insert :exec
-- :in courier text, nonce text, at instant
INSERT INTO paper_letter (courier, nonce, at) VALUES ($1, $2, $3) ON CONFLICT (courier, nonce) DO NOTHING;

-- :name letters_forget :exec
-- :in before instant
DELETE FROM paper_letter WHERE at < $1;

-- :name pickup_insert :exec
-- :in slip int, taxpayer_id int, application_id int, way text, code bytes, expires_at instant
INSERT INTO paper_pickup (slip, taxpayer_id, application_id, way, code, tries, state, expires_at) VALUES ($1, $2, $3, $4, $5, 0, 'open', $6);

-- :name pickup_get :one
-- :in slip int
-- :out taxpayer_id int, application_id int, way text, code bytes, tries int, state text, expires_at instant
SELECT taxpayer_id, application_id, way, code, tries, state, expires_at FROM paper_pickup WHERE slip = $1;

-- :name pickup_of :one
-- :in taxpayer_id int, application_id int
-- :out slip int, code bytes, state text, expires_at instant
SELECT slip, code, state, expires_at FROM paper_pickup WHERE taxpayer_id = $1 AND application_id = $2 ORDER BY slip DESC LIMIT 1;

-- :name pickup_set :exec
-- :in tries int, state text, slip int
UPDATE paper_pickup SET tries = $1, state = $2 WHERE slip = $3;

-- :name pickups_late :many
-- :in at instant
-- :out slip int, taxpayer_id int, application_id int
-- :max 200
SELECT slip, taxpayer_id, application_id FROM paper_pickup WHERE state IN ('open', 'blocked') AND expires_at < $1
ORDER BY expires_at, slip LIMIT 200;

-- :name report_insert :exec
-- :in code text, from_no int, to_no int, act text, taxpayer_id int, issued_from date, issued_to date, amount money, tax money, section int, buyer_id int, buyer_tax_id text, buyer_name text, reported_at instant
INSERT INTO paper_report (code, from_no, to_no, act, taxpayer_id, issued_from, issued_to, amount_fen, tax_fen, section, buyer_id, buyer_tax_id, buyer_name, reported_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- :name report_of :one
-- :in code text, number int
-- :out from_no int, to_no int, act text, taxpayer_id int, issued_from date, issued_to date, amount money, tax money, buyer_id int, buyer_tax_id text, buyer_name text
SELECT from_no, to_no, act, taxpayer_id, issued_from, issued_to, amount_fen, tax_fen, buyer_id, buyer_tax_id, buyer_name
FROM paper_report WHERE code = $1 AND from_no <= $2 ORDER BY from_no DESC LIMIT 1;

-- :name reports_of_month :many
-- :in taxpayer_id int, first date, last date, code text, from_no int
-- :out code text, from_no int, to_no int, issued_to date, amount money, tax money, section int, buyer_name text
-- :max 200
SELECT code, from_no, to_no, issued_to, amount_fen, tax_fen, section, buyer_name FROM paper_report
WHERE taxpayer_id = $1 AND act = 'used' AND issued_to >= $2 AND issued_to <= $3 AND (code > $4 OR (code = $4 AND from_no > $5))
ORDER BY code, from_no LIMIT 200;

-- :name reported :many
-- :out code text, act text, numbers int
-- :max 5000
SELECT code, act, CAST(SUM(to_no - from_no + 1) AS BIGINT) FROM paper_report GROUP BY code, act ORDER BY code, act;

-- :name listing_insert :exec
-- :in code text, from_no int, to_no int, state text, why text, story text, holder_id int, by_officer bool, listed_at instant
INSERT INTO paper_listing (code, from_no, to_no, state, why, story, holder_id, by_officer, listed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- :name listing_of :one
-- :in code text, number int
-- :out from_no int, to_no int, state text, why text, listed_at instant
SELECT from_no, to_no, state, why, listed_at FROM paper_listing WHERE code = $1 AND from_no <= $2 ORDER BY from_no DESC LIMIT 1;

-- :name listings :many
-- :in before instant
-- :out code text, from_no int, to_no int, state text, why text, by_officer bool, listed_at instant
-- :max 101
SELECT code, from_no, to_no, state, why, by_officer, listed_at FROM paper_listing WHERE listed_at < $1
ORDER BY listed_at DESC, code, from_no LIMIT 101;

-- :name listed :many
-- :out code text, state text, numbers int
-- :max 5000
SELECT code, state, CAST(SUM(to_no - from_no + 1) AS BIGINT) FROM paper_listing GROUP BY code, state ORDER BY code, state;

-- :name in_state :many
-- :out code text, state text, numbers int
-- :max 20000
SELECT code, state, CAST(SUM(to_no - from_no + 1) AS BIGINT) FROM paper_span WHERE state NOT IN ('stock', 'sent', 'handed')
GROUP BY code, state ORDER BY code, state;

-- :name conversion_insert :exec
-- :in code text, number int, electronic text, taxpayer_id int, month text, converted_at instant
INSERT INTO paper_conversion (code, number, electronic, taxpayer_id, month, converted_at) VALUES ($1, $2, $3, $4, $5, $6);

-- Those of the month, and those whose month nobody kept.
-- :name twins_of_month :many
-- :in taxpayer_id int, month text, after text
-- :out electronic text
-- :max 200
SELECT electronic FROM paper_conversion WHERE taxpayer_id = $1 AND month IN ($2, '') AND electronic > $3
ORDER BY electronic LIMIT 200;

-- :name conversion_get :one
-- :in code text, number int
-- :out electronic text, converted_at instant
SELECT electronic, converted_at FROM paper_conversion WHERE code = $1 AND number = $2;

-- :name conversion_by :one
-- :in electronic text
-- :out code text, number int
SELECT code, number FROM paper_conversion WHERE electronic = $1;

-- :name converted :many
-- :out code text, numbers int
-- :max 5000
SELECT code, COUNT(*) FROM paper_conversion GROUP BY code ORDER BY code;

-- :name booking_put :exec
-- :in code text, number int, purpose text, medium text, holder_id int, booked_at instant
INSERT INTO paper_booking (code, number, purpose, medium, holder_id, booked_at) VALUES ($1, $2, $3, $4, $5, $6);

-- :name booking_end :exec
-- :in code text, number int, purpose text
DELETE FROM paper_booking WHERE code = $1 AND number = $2 AND purpose = $3;

-- :name bookings :many
-- :in code text, number int
-- :out purpose text, medium text, booked_at instant
-- :max 10
SELECT purpose, medium, booked_at FROM paper_booking WHERE code = $1 AND number = $2 ORDER BY purpose LIMIT 10;

-- :name bookings_twice :many
-- :out code text, number int
-- :max 100
SELECT code, number FROM paper_booking GROUP BY code, number HAVING COUNT(DISTINCT medium) > 1 ORDER BY code, number LIMIT 100;

-- :name received :many
-- :in buyer_id int
-- :out code text, from_no int, issued_from date, amount money, tax money, taxpayer_id int
-- :max 100
SELECT code, from_no, issued_from, amount_fen, tax_fen, taxpayer_id FROM paper_report WHERE buyer_id = $1
ORDER BY issued_from DESC, code, from_no LIMIT 100;
