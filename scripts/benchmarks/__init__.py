"""Benchmarks of `goldspan convert` against other ways to the same end, measured side by side (make bench)."""
