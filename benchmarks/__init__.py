"""Whole processes against their limits; `python -m benchmarks --help`.  Never pass or fail."""
