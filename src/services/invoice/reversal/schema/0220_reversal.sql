-- Confirmation slips (红字发票信息确认单): state by the codes of red_state.h; lines: JSON of what was asked, '' for all.
CREATE TABLE reversal (
  number TEXT NOT NULL,
  slip TEXT NOT NULL CHECK (length(slip) = 20),
  seller_id BIGINT NOT NULL,
  buyer_id BIGINT NOT NULL,
  by_buyer INTEGER NOT NULL CHECK (by_buyer IN (0, 1)),
  state INTEGER NOT NULL,
  reason TEXT NOT NULL,
  lines TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  tax_fen BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  red_number TEXT NOT NULL,
  PRIMARY KEY (number, slip)
);
CREATE INDEX reversal_waiting ON reversal (expires_at) WHERE state IN (2, 3);
CREATE TABLE reversal_party (
  party_id BIGINT NOT NULL,
  slip TEXT NOT NULL,
  number TEXT NOT NULL,
  open INTEGER NOT NULL CHECK (open IN (0, 1)),
  PRIMARY KEY (party_id, slip)
);
