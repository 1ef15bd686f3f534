-- Up to which event buyers were told of invoices that came in. What was issued before there was this table is not told.
CREATE TABLE message_received (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  position BIGINT NOT NULL
);
INSERT INTO message_received (id, position) SELECT 1, COALESCE(max(position), 0) FROM event;
