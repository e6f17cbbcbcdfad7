"""Taking applications: judged, kept, received, with their drafts and files."""
