"""Faults: what dies while documents are built, and what becomes of the jobs. `python -m tests.faults`.

Real processes, as people run them, of a real installation; the harness outside keeps the log of
what was asked for and counts what came of it.
"""
