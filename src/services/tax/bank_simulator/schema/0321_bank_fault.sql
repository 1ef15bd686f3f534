-- Its faults are kept with those of all simulators: sandbox_fault.
DROP TABLE bank_fault;
