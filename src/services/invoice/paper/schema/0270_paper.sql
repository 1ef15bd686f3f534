-- Paper invoices: numbered objects of the bureau. The numbers of a code lie in spans that do not overlap and together fill its
-- boxes, so that each number is in one state.
CREATE TABLE paper_code (
  code TEXT NOT NULL PRIMARY KEY CHECK (length(code) IN (10, 12)),
  kind TEXT NOT NULL CHECK (kind IN ('special', 'plain', 'roll')),
  per_unit BIGINT NOT NULL CHECK (per_unit BETWEEN 1 AND 1000)
);
CREATE TABLE paper_box (
  code TEXT NOT NULL,
  from_no BIGINT NOT NULL CHECK (from_no > 0),
  to_no BIGINT NOT NULL CHECK (to_no >= from_no AND to_no <= 99999999),
  officer_id BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  PRIMARY KEY (code, from_no)
);
CREATE TABLE paper_span (
  code TEXT NOT NULL,
  from_no BIGINT NOT NULL,
  to_no BIGINT NOT NULL CHECK (to_no >= from_no),
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('stock', 'sent', 'handed', 'used', 'void', 'lost', 'converted')),
  holder_id BIGINT NOT NULL,
  application_id BIGINT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (code, from_no)
);
CREATE INDEX paper_span_holder ON paper_span (holder_id, state, code, from_no) WHERE holder_id <> 0;
CREATE INDEX paper_span_stock ON paper_span (kind, code, from_no) WHERE state = 'stock';
-- Applications. delivery: who, where, phone, sealed. why: the figures as they were when it was decided.
CREATE TABLE paper_application (
  taxpayer_id BIGINT NOT NULL,
  application_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  asked BIGINT NOT NULL,
  granted BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('review', 'sending', 'on-way', 'ready', 'done', 'returned', 'refused', 'withdrawn')),
  way TEXT NOT NULL CHECK (way IN ('courier', 'hall', 'locker')),
  delivery BYTEA NOT NULL,
  reason TEXT NOT NULL,
  why TEXT NOT NULL,
  note TEXT NOT NULL,
  order_no TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  decided_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  PRIMARY KEY (taxpayer_id, application_id)
);
CREATE INDEX paper_application_waits ON paper_application (application_id) WHERE state = 'review';
-- Parcels, and what their couriers said of them.
CREATE TABLE paper_courier (
  name TEXT NOT NULL PRIMARY KEY,
  title TEXT NOT NULL,
  address TEXT NOT NULL,
  secret BYTEA NOT NULL
);
CREATE TABLE paper_parcel (
  order_no TEXT NOT NULL PRIMARY KEY,
  courier TEXT NOT NULL,
  taxpayer_id BIGINT NOT NULL,
  application_id BIGINT NOT NULL,
  waybill TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('new', 'accepted', 'collected', 'in-transit', 'delivering', 'signed', 'returned')),
  last_seq BIGINT NOT NULL,
  heard_at BIGINT NOT NULL
);
CREATE INDEX paper_parcel_open ON paper_parcel (heard_at) WHERE state NOT IN ('signed', 'returned');
CREATE TABLE paper_track (
  order_no TEXT NOT NULL,
  seq BIGINT NOT NULL,
  state TEXT NOT NULL,
  place TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (order_no, seq)
);
CREATE TABLE paper_letter (
  courier TEXT NOT NULL,
  nonce TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (courier, nonce)
);
-- One-time codes for hall and locker: six digits of the slip, six that nobody guesses in five tries.
CREATE TABLE paper_pickup (
  slip BIGINT NOT NULL PRIMARY KEY,
  taxpayer_id BIGINT NOT NULL,
  application_id BIGINT NOT NULL,
  way TEXT NOT NULL,
  code BYTEA NOT NULL,
  tries BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'used', 'blocked', 'ended')),
  expires_at BIGINT NOT NULL
);
CREATE INDEX paper_pickup_of ON paper_pickup (taxpayer_id, application_id);
CREATE INDEX paper_pickup_open ON paper_pickup (expires_at) WHERE state IN ('open', 'blocked');
-- What its holder reported as issued (used) or spoilt (void): a range, or one number with its buyer.
CREATE TABLE paper_report (
  code TEXT NOT NULL,
  from_no BIGINT NOT NULL,
  to_no BIGINT NOT NULL,
  act TEXT NOT NULL CHECK (act IN ('used', 'void')),
  taxpayer_id BIGINT NOT NULL,
  issued_from TEXT NOT NULL,
  issued_to TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  tax_fen BIGINT NOT NULL,
  buyer_id BIGINT NOT NULL,
  buyer_tax_id TEXT NOT NULL,
  buyer_name TEXT NOT NULL,
  reported_at BIGINT NOT NULL,
  PRIMARY KEY (code, from_no)
);
CREATE INDEX paper_report_buyer ON paper_report (buyer_id, code, from_no) WHERE buyer_id <> 0;
-- The list of void and lost numbers that every verifier sees.
CREATE TABLE paper_listing (
  code TEXT NOT NULL,
  from_no BIGINT NOT NULL,
  to_no BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('void', 'lost')),
  why TEXT NOT NULL,
  story TEXT NOT NULL,
  holder_id BIGINT NOT NULL,
  by_officer SMALLINT NOT NULL,
  listed_at BIGINT NOT NULL,
  PRIMARY KEY (code, from_no)
);
CREATE INDEX paper_listing_at ON paper_listing (listed_at, code, from_no);
CREATE TABLE paper_conversion (
  code TEXT NOT NULL,
  number BIGINT NOT NULL,
  electronic TEXT NOT NULL UNIQUE,
  taxpayer_id BIGINT NOT NULL,
  converted_at BIGINT NOT NULL,
  PRIMARY KEY (code, number)
);
CREATE TABLE paper_booking (
  code TEXT NOT NULL,
  number BIGINT NOT NULL,
  purpose TEXT NOT NULL,
  medium TEXT NOT NULL CHECK (medium IN ('paper', 'electronic')),
  holder_id BIGINT NOT NULL,
  booked_at BIGINT NOT NULL,
  PRIMARY KEY (code, number, purpose)
);
