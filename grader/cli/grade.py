"""The command ``grade``: the door. What it does is in ``grader.cli.command``."""

import sys


def main() -> None:
    """Grade notebooks, as the command line says, and end with the exit status of the contract."""
    try:
        # Imported here: the search path is cleaned before anything else of ours, or of others, is imported.
        from grader.cli.clean import clean_process, open_streams  # noqa: PLC0415

        open_streams()
        clean_process()
        # Imported here, for the same reason.
        from grader.cli.command import app  # noqa: PLC0415

        app(prog_name="grade")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
