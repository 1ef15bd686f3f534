-- The head of a message (time, random number and their signature) is good for one message: who captured it can not put
-- another one under it. A message is repeated three times at most, as the protocol does.
CREATE TABLE channel_head (
  id TEXT NOT NULL PRIMARY KEY, -- keyed hash of time and random number
  message TEXT NOT NULL,        -- the channel_message it came with
  at BIGINT NOT NULL
);
CREATE INDEX channel_head_at ON channel_head (at);
ALTER TABLE channel_message ADD COLUMN repeats BIGINT NOT NULL DEFAULT 0;
