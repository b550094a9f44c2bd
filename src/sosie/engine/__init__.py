"""How the steps of a scan are carried out on files: by whom, in which pieces, and what is already done.

It knows nothing of images. A step is a function from a task to columns; the result is one file, written as a whole.
"""
