-- Channels: what the gateways share with us (encrypted), and messages that were answered (for repeats and replays).
CREATE TABLE channel_setting (
  name TEXT NOT NULL PRIMARY KEY,
  sealed TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE TABLE channel_message (
  id TEXT NOT NULL PRIMARY KEY, -- keyed hash of channel, sender and message id: who asked is not kept
  digest TEXT NOT NULL,
  answer TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX channel_message_at ON channel_message (at);
