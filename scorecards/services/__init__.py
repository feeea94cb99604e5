"""What changes rows: one module a subject."""
