-- Its faults are kept with those of all simulators: sandbox_fault.
DROP TABLE wallet_fault;
