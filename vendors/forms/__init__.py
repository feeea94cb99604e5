"""Forms of the vendors app: a request into plain values, one module a subject."""
