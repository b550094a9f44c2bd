"""Benchmarks of Sosie: quality, speed, memory and rescans, beside other tools on the same files."""
