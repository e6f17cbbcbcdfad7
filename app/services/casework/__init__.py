"""What becomes of a case: the one door for state, its facts, effects, time, places, rankings and records."""
