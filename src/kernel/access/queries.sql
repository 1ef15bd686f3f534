-- :name entry_insert :exec
-- :in subject_id int, access_id int, person_id int, office text?, what text, purpose text?, at instant
INSERT INTO access_entry (subject_id, access_id, person_id, office, what, purpose, at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- :name entries :many
-- :in subject_id int, before_id int
-- :out access_id int, person_id int, office text?, what text, purpose text?, at instant
-- :max 100
SELECT access_id, person_id, office, what, purpose, at FROM access_entry WHERE subject_id = $1 AND access_id < $2
ORDER BY access_id DESC LIMIT 100;

-- :name event_insert :exec
-- :in event_id int, at instant, event text, operation text?, detail text?, person_id int, subject_id int, client text?, trace text?
INSERT INTO security_event (event_id, at, event, operation, detail, person_id, subject_id, client, trace)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- :name events_before :many
-- :in before_id int, event text
-- :out event_id int, at instant, event text, operation text?, detail text?, person_id int, subject_id int, client text?, trace text?
-- :max 100
SELECT event_id, at, event, operation, detail, person_id, subject_id, client, trace FROM security_event
WHERE event_id < $1 AND ($2 = '' OR event = $2) ORDER BY event_id DESC LIMIT 100;

-- :name events_old :many
-- :in before instant
-- :out event_id int
-- :max 1000
SELECT event_id FROM security_event WHERE at < $1 ORDER BY event_id LIMIT 1000;

-- :name event_delete :exec
-- :in event_id int
DELETE FROM security_event WHERE event_id = $1;
