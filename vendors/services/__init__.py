"""Everything that changes rows: one module a subject, each function in one transaction."""
