-- :name key_get :one
-- :out secret bytes
SELECT secret FROM courier_key WHERE one = 1;

-- :name key_put :exec
-- :in secret bytes
INSERT INTO courier_key (one, secret) VALUES (1, $1) ON CONFLICT (one) DO NOTHING;

-- :name order_insert :exec
-- :in order_no text, waybill text, recipient text, address text, pieces int, received_at instant
INSERT INTO courier_order (order_no, waybill, recipient, address, pieces, seq, state, received_at)
VALUES ($1, $2, $3, $4, $5, 0, 'accepted', $6) ON CONFLICT (order_no) DO NOTHING;

-- :name order_get :one
-- :in order_no text
-- :out waybill text, seq int, state text
SELECT waybill, seq, state FROM courier_order WHERE order_no = $1;

-- :name order_set :exec
-- :in seq int, state text, order_no text, before int
UPDATE courier_order SET seq = $1, state = $2 WHERE order_no = $3 AND seq = $4;

-- :name orders_after :many
-- :in order_no text
-- :out order_no text, waybill text, recipient text, pieces int, state text
-- :max 1000
SELECT order_no, waybill, recipient, pieces, state FROM courier_order WHERE order_no > $1 ORDER BY order_no LIMIT 1000;

-- :name event_insert :exec
-- :in order_no text, seq int, state text, place text, at instant
INSERT INTO courier_event (order_no, seq, state, place, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (order_no, seq) DO NOTHING;

-- :name events :many
-- :in order_no text
-- :out seq int, state text, place text, at instant
-- :max 50
SELECT seq, state, place, at FROM courier_event WHERE order_no = $1 ORDER BY seq LIMIT 50;
