"""Checking what is stored: events, answers, frozen results and files, each against its proof.

Rows are read as they lie in the database, not as the app would understand them: a byte that was
changed shows even where the value means the same.
"""
