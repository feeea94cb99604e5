"""Commands of the vendors app, one module a command."""
