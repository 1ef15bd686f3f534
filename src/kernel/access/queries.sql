-- :name entry_insert :exec
-- :in subject_id int, access_id int, person_id int, office text?, what text, purpose text?, at instant
INSERT INTO access_entry (subject_id, access_id, person_id, office, what, purpose, at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- :name entries :many
-- :in subject_id int
-- :out person_id int, office text?, what text, purpose text?, at instant
-- :max 200
SELECT person_id, office, what, purpose, at FROM access_entry WHERE subject_id = $1 ORDER BY access_id DESC LIMIT 200;
