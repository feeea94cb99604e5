"""Commands of the vendors app."""
