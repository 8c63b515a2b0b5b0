"""`python -m relance`: the same program where the script is not on the path."""

from relance.cli import entry

if __name__ == "__main__":
    entry()
