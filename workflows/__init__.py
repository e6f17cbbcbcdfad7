"""What happens next: workflows as data and the pure engine that runs them. Time and facts are passed in."""
