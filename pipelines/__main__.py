"""`python -m pipelines` is the `manifesto` command."""

from pipelines.commands.cli import main

if __name__ == "__main__":
    main(prog_name="manifesto")
