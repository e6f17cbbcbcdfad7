"""What is on offer: calls, forms, workflows and messages as they are read from their files."""
