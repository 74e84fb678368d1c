"""Measurements that docs/performance.md reports. Each prints its figures; none is a test."""
