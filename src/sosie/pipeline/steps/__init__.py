"""The steps of a scan that take long, as tasks on files: each calls what a scan in one process calls."""
