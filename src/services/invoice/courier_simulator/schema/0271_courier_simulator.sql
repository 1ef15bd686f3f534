-- Books of the sandbox's courier: its own, so that they can be compared with the bureau's.
CREATE TABLE courier_key (
  one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
  secret BYTEA NOT NULL
);
-- One parcel for an order number: the primary key is the promise.
CREATE TABLE courier_order (
  order_no TEXT NOT NULL PRIMARY KEY,
  waybill TEXT NOT NULL UNIQUE,
  recipient TEXT NOT NULL,
  address TEXT NOT NULL,
  pieces BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('accepted', 'collected', 'in-transit', 'delivering', 'signed', 'returned')),
  received_at BIGINT NOT NULL
);
CREATE TABLE courier_event (
  order_no TEXT NOT NULL,
  seq BIGINT NOT NULL,
  state TEXT NOT NULL,
  place TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (order_no, seq)
);
CREATE TABLE courier_fault (
  fault TEXT NOT NULL PRIMARY KEY,
  times BIGINT NOT NULL
);
