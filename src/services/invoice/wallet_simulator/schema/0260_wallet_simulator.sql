-- Books of the sandbox's payout providers: their own, so that they can be compared with the bureau's.
CREATE TABLE wallet_key (
  channel TEXT NOT NULL PRIMARY KEY,
  der BYTEA NOT NULL,
  secret BYTEA NOT NULL
);
CREATE TABLE wallet_order (
  channel TEXT NOT NULL,
  order_no TEXT NOT NULL,
  account TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'paid', 'failed')),
  reason TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  PRIMARY KEY (channel, order_no)
);
-- One credit for an order number: the primary key is the promise.
CREATE TABLE wallet_credit (
  channel TEXT NOT NULL,
  order_no TEXT NOT NULL,
  provider_no TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  credited_at BIGINT NOT NULL,
  PRIMARY KEY (channel, order_no)
);
CREATE TABLE wallet_fault (
  fault TEXT NOT NULL PRIMARY KEY,
  times BIGINT NOT NULL
);
