"""The command ``grader``, the instructor's toolbox: one verb a task, one file a verb."""

import sys


def main() -> None:
    """Carry out one verb, and end with the exit status of the contract."""
    try:
        # Imported here: the search path is cleaned before anything else of ours, or of others, is imported.
        from grader.cli.clean import clean_process, open_streams  # noqa: PLC0415

        open_streams()
        clean_process()
        # Imported here, for the same reason.
        from grader.cli.verbs import app  # noqa: PLC0415

        app(prog_name="grader")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
