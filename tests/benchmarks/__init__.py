"""Benchmarks of Dateline."""
