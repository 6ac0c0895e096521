"""Benchmarks and load tests: what is measured, how, and what the last figures were (README.md)."""
