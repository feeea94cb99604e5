"""Pages that belong to no vendor and no scorecard: the first one, people, and signing in."""
