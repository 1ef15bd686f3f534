-- :name fault_put :exec
-- :in fault text, times int
INSERT INTO sandbox_fault (fault, times) VALUES ($1, $2) ON CONFLICT (fault) DO UPDATE SET times = excluded.times;

-- :name fault_take :exec
-- :in fault text
UPDATE sandbox_fault SET times = times - 1 WHERE fault = $1 AND times > 0;
