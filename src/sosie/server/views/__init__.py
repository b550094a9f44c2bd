"""A finished job's report, made ready to be looked at: columns to filter and sort by, pages, details, pictures."""
