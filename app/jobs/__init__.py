"""What workers and the clock run: jobs that hold ids only, and the sweep that finds whatever was not woken."""
