-- In-app messages. The id is the position of the event in the outbox: one event, one message, in order, and feeding again
-- from position 0 changes nothing. The words are made when it is read, in the reader's language; kept are the facts.
CREATE TABLE message (
  subject_id BIGINT NOT NULL,
  message_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  area INTEGER NOT NULL,
  bundle TEXT NOT NULL,
  at BIGINT NOT NULL,
  body TEXT NOT NULL,
  read_at BIGINT,
  PRIMARY KEY (subject_id, message_id)
);
CREATE INDEX message_unread ON message (subject_id, area) WHERE read_at IS NULL;
CREATE INDEX message_bundle ON message (subject_id, bundle) WHERE bundle <> '';
CREATE INDEX message_at ON message (at);
