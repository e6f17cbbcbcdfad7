"""Each file takes the schema one step on and back."""
