"""Use cases: each function is one thing a person or a process does, in one transaction."""
