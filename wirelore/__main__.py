"""`python -m wirelore`: the command line."""

from wirelore.cli.main import main

if __name__ == "__main__":
    main(prog_name="wirelore")
