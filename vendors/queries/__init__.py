"""Everything that reads rows for a page or a service: one module a subject."""
