"""Candidates and their verification: arrays and parameters, no files."""
