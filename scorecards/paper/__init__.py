"""Documents on paper: the kinds, what their templates are given, faces, and the renderer."""
