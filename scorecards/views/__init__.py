"""Requests into Python and back: one module a subject."""
