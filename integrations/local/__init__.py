"""Stand-ins that make one machine enough: real protocols at local addresses."""
