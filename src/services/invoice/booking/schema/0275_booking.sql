-- Entry of received invoices in the books (入账): an invoice once, whoever holds it. buyer_id: whose list it stands in; of an
-- employee's claim it is the employee. paper: by code and number, which the lists do not have.
CREATE TABLE booking (
  number TEXT NOT NULL PRIMARY KEY CHECK (length(number) BETWEEN 18 AND 20),
  holder_id BIGINT NOT NULL,
  buyer_id BIGINT NOT NULL,
  entry TEXT NOT NULL CHECK (entry IN ('deductible', 'not-deductible', 'cancelled')),
  voucher TEXT NOT NULL,
  period TEXT NOT NULL,
  issued_on TEXT NOT NULL,
  total_fen BIGINT NOT NULL,
  paper INTEGER NOT NULL CHECK (paper IN (0, 1)),
  at BIGINT NOT NULL
);
CREATE INDEX booking_holder ON booking (holder_id, period, number);
-- What a holder has booked in an accounting period.
CREATE TABLE booking_total (
  holder_id BIGINT NOT NULL,
  period TEXT NOT NULL,
  entry TEXT NOT NULL,
  n BIGINT NOT NULL,
  total_fen BIGINT NOT NULL,
  PRIMARY KEY (holder_id, period, entry)
);
-- Second bookings that were refused: each is told once.
CREATE TABLE booking_refused (
  number TEXT NOT NULL,
  holder_id BIGINT NOT NULL,
  voucher TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (number, holder_id, voucher)
);
-- Invoices in a person's name, handed to a firm that reimburses them (报销).
CREATE TABLE booking_claim (
  firm_id BIGINT NOT NULL,
  number TEXT NOT NULL CHECK (length(number) BETWEEN 18 AND 20),
  person_id BIGINT NOT NULL,
  note TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (firm_id, number)
);
CREATE INDEX booking_claim_person ON booking_claim (person_id, at, firm_id);
