-- :name insert :exec
-- :in code text, number text, verdict text, qr text, place text, story text, reporter_id int, picture_media text, opened_at instant
INSERT INTO report_case (code, number, verdict, qr, place, story, reporter_id, picture_media, opened_at, state, answer, officer_id, closed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', '', 0, NULL);

-- :name picture_put :exec
-- :in code text, bytes bytes
INSERT INTO report_picture (code, bytes) VALUES ($1, $2);

-- :name picture_get :one
-- :in code text
-- :out bytes bytes
SELECT bytes FROM report_picture WHERE code = $1;

-- :name get :one
-- :in code text
-- :out number text, verdict text, qr text, place text, story text, reporter_id int, picture_media text, opened_at instant, state text, answer text, officer_id int, closed_at instant?
SELECT number, verdict, qr, place, story, reporter_id, picture_media, opened_at, state, answer, officer_id, closed_at
FROM report_case WHERE code = $1;

-- :name list_rows :many
-- :in state text, before instant
-- :out code text, number text, verdict text, place text, picture_media text, opened_at instant, closed_at instant?
-- :max 100
SELECT code, number, verdict, place, picture_media, opened_at, closed_at FROM report_case
WHERE state = $1 AND opened_at < $2 ORDER BY opened_at DESC, code LIMIT 100;

-- :name counts :many
-- :out state text, n int
-- :max 10
SELECT state, COUNT(*) FROM report_case GROUP BY state ORDER BY state;

-- :name decide_one :exec
-- :in state text, answer text, officer_id int, closed_at instant, code text
UPDATE report_case SET state = $1, answer = $2, officer_id = $3, closed_at = $4 WHERE code = $5 AND state = 'open';

-- :name use_put :exec
-- :in number text, kind text, holder_id int, at instant
INSERT INTO report_use (number, kind, holder_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (number, kind, holder_id) DO NOTHING;

-- :name use_forget :exec
-- :in number text, kind text, holder_id int
DELETE FROM report_use WHERE number = $1 AND kind = $2 AND holder_id = $3;

-- :name uses :many
-- :in number text, kind text
-- :out holder_id int, at instant
-- :max 100
SELECT holder_id, at FROM report_use WHERE number = $1 AND kind = $2 ORDER BY at, holder_id LIMIT 100;

-- :name wrong :many
-- :out code text
-- :max 100
SELECT code FROM report_case WHERE (state = 'open') <> (closed_at IS NULL) ORDER BY code LIMIT 100;
