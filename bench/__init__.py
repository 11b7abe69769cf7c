"""Benchmarks: each room's measurements, written to docs/benchmarks.md by `python -m bench`."""
