"""Benchmarks: one module per row of the numbers to reach. `python -m benchmarks.NAME` prints a table."""
