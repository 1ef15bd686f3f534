-- Draws: one of a scheme for each day (instant) or week or month (periodic). The secret is sealed until it is published; the tree
-- over the lines is kept as its right edge, so that a line more costs a few hashes.
CREATE TABLE lottery_draw (
  scheme TEXT NOT NULL,
  draw TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('instant', 'periodic')),
  state TEXT NOT NULL CHECK (state IN ('open', 'frozen', 'closed')),
  opens_at BIGINT NOT NULL,
  closes_at BIGINT NOT NULL,
  rules TEXT NOT NULL,
  secret BYTEA NOT NULL,
  commitment TEXT NOT NULL,
  committed_at BIGINT NOT NULL,
  chain TEXT NOT NULL,
  round BIGINT NOT NULL,
  beacon TEXT,
  size BIGINT NOT NULL,
  stack BYTEA NOT NULL,
  root TEXT NOT NULL,
  tickets BIGINT NOT NULL,
  voids BIGINT NOT NULL,
  won BIGINT NOT NULL,
  won_fen BIGINT NOT NULL,
  frozen_at BIGINT,
  closed_at BIGINT,
  winners TEXT,
  receipt_id BIGINT NOT NULL,
  PRIMARY KEY (scheme, draw)
);
CREATE INDEX lottery_draw_state ON lottery_draw (state, closes_at);
CREATE TABLE lottery_line (
  scheme TEXT NOT NULL,
  draw TEXT NOT NULL,
  seq BIGINT NOT NULL,
  line TEXT NOT NULL CHECK (length(line) <= 100),
  PRIMARY KEY (scheme, draw, seq)
);
-- One invoice, one entry, whatever the way.
CREATE TABLE lottery_ticket (
  number TEXT NOT NULL PRIMARY KEY,
  ticket_id BIGINT NOT NULL,
  scheme TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  seller_id BIGINT NOT NULL,
  seller TEXT NOT NULL,
  total_fen BIGINT NOT NULL,
  entered_at BIGINT NOT NULL,
  way TEXT NOT NULL CHECK (way IN ('scan', 'automatic')),
  state TEXT NOT NULL CHECK (state IN ('valid', 'void')),
  reason TEXT NOT NULL,
  instant TEXT NOT NULL,
  periodic TEXT NOT NULL,
  drawn_fen BIGINT NOT NULL,
  counter BIGINT NOT NULL,
  slot BIGINT NOT NULL,
  charity TEXT NOT NULL
);
CREATE UNIQUE INDEX lottery_ticket_person ON lottery_ticket (person_id, ticket_id);
-- Entries of a person: kind day, week, month.
CREATE TABLE lottery_use (
  person_id BIGINT NOT NULL,
  scheme TEXT NOT NULL,
  period TEXT NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (person_id, scheme, period)
);
-- Invoices of real-name buyers that came before the public value of the day was known.
CREATE TABLE lottery_waiting (
  number TEXT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL,
  since BIGINT NOT NULL
);
-- won: no account yet; ordered, sent, paid, failed: on its way to the account; expired: not claimed, back in the pool; cancelled:
-- invoice reversed before it was paid; reclaim: reversed after; repaid: given back.
CREATE TABLE lottery_prize (
  prize_id BIGINT NOT NULL PRIMARY KEY,
  scheme TEXT NOT NULL,
  draw TEXT NOT NULL,
  number TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  tax_fen BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('won', 'ordered', 'sent', 'paid', 'failed', 'expired', 'cancelled', 'reclaim', 'repaid')),
  reason TEXT NOT NULL,
  channel TEXT NOT NULL,
  account BYTEA,
  account_tail TEXT NOT NULL,
  charity TEXT NOT NULL,
  order_no TEXT NOT NULL,
  provider_no TEXT NOT NULL,
  tries BIGINT NOT NULL,
  won_at BIGINT NOT NULL,
  pay_from BIGINT NOT NULL,
  claim_until BIGINT NOT NULL,
  settled_at BIGINT,
  receipt_id BIGINT NOT NULL,
  UNIQUE (scheme, draw, number)
);
CREATE INDEX lottery_prize_person ON lottery_prize (person_id, prize_id);
CREATE INDEX lottery_prize_state ON lottery_prize (state, claim_until);
CREATE INDEX lottery_prize_number ON lottery_prize (number);
-- Each order that went out, once: what a provider paid for an order number.
CREATE TABLE lottery_order (
  order_no TEXT NOT NULL PRIMARY KEY,
  prize_id BIGINT NOT NULL,
  channel TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'paid', 'failed')),
  made_at BIGINT NOT NULL,
  provider_no TEXT,
  settled_on TEXT,
  UNIQUE (channel, provider_no)
);
CREATE INDEX lottery_order_day ON lottery_order (channel, settled_on);
CREATE TABLE lottery_account (
  person_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  channel TEXT NOT NULL,
  account BYTEA NOT NULL,
  tail TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (person_id, account_id)
);
-- Payout providers: where they listen ('': the sandbox's), our number there and our key, their key.
CREATE TABLE lottery_provider (
  channel TEXT NOT NULL PRIMARY KEY,
  address TEXT NOT NULL,
  merchant TEXT NOT NULL,
  key_sealed BYTEA NOT NULL,
  secret_sealed BYTEA NOT NULL,
  their_key BYTEA NOT NULL,
  their_serial TEXT NOT NULL
);
CREATE TABLE lottery_callback (
  channel TEXT NOT NULL,
  nonce TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (channel, nonce)
);
-- Money for a pool: asked for by one officer, released by another.
CREATE TABLE lottery_release (
  release_id BIGINT NOT NULL PRIMARY KEY,
  scheme TEXT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  reason TEXT NOT NULL,
  asked_by BIGINT NOT NULL,
  asked_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'released', 'refused')),
  decided_by BIGINT,
  decided_at BIGINT
);
-- Public numbers typed by officers, each for himself; two that agree make the public value.
CREATE TABLE lottery_typed (
  scheme TEXT NOT NULL,
  draw TEXT NOT NULL,
  officer_id BIGINT NOT NULL,
  first TEXT NOT NULL,
  second TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (scheme, draw, officer_id)
);
-- "The seller refused to issue": a case with its steps.
CREATE TABLE lottery_case (
  case_no TEXT NOT NULL PRIMARY KEY,
  case_id BIGINT NOT NULL UNIQUE,
  person_id BIGINT NOT NULL,
  seller_id BIGINT NOT NULL,
  seller TEXT NOT NULL CHECK (length(seller) <= 200),
  place TEXT NOT NULL CHECK (length(place) <= 200),
  happened_at BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  note TEXT NOT NULL CHECK (length(note) <= 1000),
  state TEXT NOT NULL CHECK (state IN ('open', 'checking', 'closed')),
  outcome TEXT NOT NULL,
  due_on TEXT NOT NULL,
  receipt_id BIGINT NOT NULL
);
CREATE INDEX lottery_case_person ON lottery_case (person_id, case_id);
CREATE INDEX lottery_case_state ON lottery_case (state, case_id);
CREATE TABLE lottery_case_step (
  case_no TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  state TEXT NOT NULL,
  note TEXT NOT NULL CHECK (length(note) <= 1000),
  PRIMARY KEY (case_no, seq)
);
-- What providers' statements of a day say, compared with our orders.
CREATE TABLE lottery_day (
  channel TEXT NOT NULL,
  day TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  our_count BIGINT NOT NULL,
  our_fen BIGINT NOT NULL,
  their_count BIGINT NOT NULL,
  their_fen BIGINT NOT NULL,
  open_count BIGINT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (channel, day)
);
