-- :name add :exec
-- :in job_id int, kind text, job_key text?, argument text, run_at instant, lane text
INSERT INTO job (job_id, kind, job_key, argument, state, run_at, claimed_until, tries, lane)
VALUES ($1, $2, $3, $4, 0, $5, 0, 0, $6) ON CONFLICT DO NOTHING;

-- run_at follows the clock of the sandbox, a lease (claimed_until) the clock on the wall.
-- :name due :one
-- :in now instant, wall instant
-- :out job_id int
SELECT job_id FROM job WHERE lane = '' AND ((state = 0 AND run_at <= $1) OR (state = 1 AND claimed_until <= $2))
ORDER BY run_at, job_id LIMIT 1;

-- The oldest of all lanes in which nothing is at work.
-- :name due_lane :one
-- :in now instant, wall instant
-- :out job_id int
SELECT job_id FROM job WHERE lane <> '' AND ((state = 0 AND run_at <= $1) OR (state = 1 AND claimed_until <= $2))
AND NOT EXISTS (SELECT 1 FROM job AS busy WHERE busy.lane = job.lane AND busy.state = 1 AND busy.claimed_until > $2)
ORDER BY run_at, job_id LIMIT 1;

-- The outer condition is looked at again after a wait for another process's claim. tries is the fencing token: whoever
-- claims makes it grow, and only its holder may renew or settle. Writers come one after the other, so that no two have a lane.
-- :name claim :one
-- :in claimed_until instant, owner text, job_id int, wall instant
-- :out kind text, argument text, tries int
UPDATE job SET state = 1, claimed_until = $1, owner = $2, tries = tries + 1
WHERE job_id = $3 AND (state = 0 OR (state = 1 AND claimed_until <= $4))
AND (lane = '' OR NOT EXISTS (SELECT 1 FROM job AS busy WHERE busy.lane = job.lane AND busy.state = 1 AND busy.claimed_until > $4))
RETURNING kind, argument, tries;

-- :name rest :exec
-- :in until instant, lane text
UPDATE job SET run_at = $1 WHERE lane = $2 AND lane <> '' AND state = 0 AND run_at < $1;

-- :name renew :exec
-- :in claimed_until instant, job_id int, tries int
UPDATE job SET claimed_until = $1 WHERE job_id = $2 AND state = 1 AND tries = $3;

-- :name done :exec
-- :in job_id int, tries int
DELETE FROM job WHERE job_id = $1 AND state = 1 AND tries = $2;

-- :name retry :exec
-- :in run_at instant, job_id int, tries int
UPDATE job SET state = 0, run_at = $1 WHERE job_id = $2 AND state = 1 AND tries = $3 AND NOT EXISTS (
SELECT 1 FROM job AS other WHERE other.kind = job.kind AND other.job_key = job.job_key AND other.state = 0);

-- :name give_up :exec
-- :in job_id int, tries int
UPDATE job SET state = 2 WHERE job_id = $1 AND state = 1 AND tries = $2;

-- :name release_all :exec
UPDATE job SET claimed_until = 0 WHERE state = 1;

-- :name release_of :exec
-- :in owner text
UPDATE job SET claimed_until = 0 WHERE state = 1 AND owner = $1;

-- :name given_up :one
-- :out n int
SELECT COUNT(*) FROM job WHERE state = 2;

-- :name timetable_get :one
-- :in kind text
-- :out next_at instant
SELECT next_at FROM job_timetable WHERE kind = $1;

-- :name timetable_add :exec
-- :in kind text, next_at instant
INSERT INTO job_timetable (kind, next_at) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- :name timetable_move :exec
-- :in next_at instant, kind text, was instant
UPDATE job_timetable SET next_at = $1 WHERE kind = $2 AND next_at = $3;
