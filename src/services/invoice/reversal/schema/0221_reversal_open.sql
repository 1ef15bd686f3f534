-- What waits for an answer is little; what was answered grows.
CREATE INDEX reversal_party_waits ON reversal_party (party_id, slip) WHERE open = 1;
