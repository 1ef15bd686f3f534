-- Security log: refusals, throttling, foreign reads. Kept at least six months (网络安全法 第二十一条), then forgotten by a job.
CREATE TABLE security_event (
  event_id BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  event TEXT NOT NULL CHECK (length(event) <= 120),
  operation TEXT,
  detail TEXT,
  person_id BIGINT NOT NULL,
  subject_id BIGINT NOT NULL,
  client TEXT,
  trace TEXT
);
