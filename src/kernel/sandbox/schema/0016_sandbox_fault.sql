-- What the simulated partners of the sandbox are told to do wrong, so many times: 'bank_simulator.refuse'.
CREATE TABLE sandbox_fault (
  fault TEXT NOT NULL PRIMARY KEY,
  times BIGINT NOT NULL
);
