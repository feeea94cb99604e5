"""What pages read: one module a subject."""
