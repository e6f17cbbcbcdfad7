"""What is asked: forms as data, their fields, conditions and validators. Pure: no I/O, no clock, no Flask."""
