"""`python -m sosie`: the command line, where its folder is not on the search path."""

from sosie.cli import main

if __name__ == "__main__":
    main()
