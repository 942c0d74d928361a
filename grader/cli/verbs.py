"""The verbs of ``grader``, and how their faults end: a usage error is status 2, said in one line."""

import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Annotated, NoReturn

import typer

from grader import __version__
from grader.cli.statuses import INTERRUPTED, NO_GRADE, USAGE
from grader.errors import UsageError
from grader.report.safe import clean

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback(invoke_without_command=True)
def toolbox(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)] = False,
) -> None:
    """Tools for instructors: test a rubric, look at the machine, read about a mistake."""
    if version:
        print(f"grader {__version__}")
        raise typer.Exit


def carry_out(verb: Callable[[], int]) -> NoReturn:
    """Run a verb and end with its status; faults of the call are 2, ours 3, Ctrl-C 130."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        status = verb()
    except UsageError as error:
        print(f"grader: {clean(str(error))}", file=sys.stderr)
        status = USAGE
    except KeyboardInterrupt:
        print("grader: interrupted", file=sys.stderr)
        status = INTERRUPTED
    except Exception as error:  # noqa: BLE001 - any fault of ours must end with the status that says so
        traceback.print_exc()
        print(f"grader: the grader itself failed: {type(error).__name__}: {error}", file=sys.stderr)
        status = NO_GRADE
    raise typer.Exit(status)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    raise SystemExit(128 + number)


@app.command()
def check(  # noqa: PLR0917 - a parameter an option is how Typer declares them
    assignment: Annotated[
        str, typer.Argument(metavar="ASSIGNMENT", help="An assignment's id, or its folder.", show_default=False)
    ],
    solutions: Annotated[
        str | None,
        typer.Option(
            metavar="DIR", help="Its solutions. Left out: solutions/ID beside assignments/.", show_default=False
        ),
    ] = None,
    jobs: Annotated[
        str | None,
        typer.Option(metavar="N", help="Notebooks at a time. Left out: one a processor.", show_default=False),
    ] = None,
    sandbox: Annotated[
        str, typer.Option(metavar="auto|strict|off", help="Isolation: what there is, all of it or nothing runs, none.")
    ] = "auto",
    record: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write everything that was said as JSON.", show_default=False)
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Leave out the table of checks by solutions.")] = False,
) -> None:
    """Test a rubric with solutions: right ones must earn every point, wrong ones must be told their own name."""
    # Imported here, as for every verb.
    from grader.cli.check import run  # noqa: PLC0415

    carry_out(lambda: run(assignment, solutions, jobs, sandbox, record, quiet))


@app.command()
def explain(
    name: Annotated[
        str, typer.Argument(metavar="ID", help="A diagnosis, as a report names it.", show_default=False)
    ] = "",
    audience: Annotated[
        str, typer.Option(metavar="student|instructor", help="Instructors also read the repair.")
    ] = "student",
    assignment: Annotated[
        str | None, typer.Option(metavar="ID|DIR", help="Also read the texts of this assignment.", show_default=False)
    ] = None,
) -> None:
    """Explain one mistake: the idea with other numbers, and how to test oneself. Without ID: list them all."""
    # Imported here, as for every verb: each brings in only what it needs.
    from grader.cli.explain import run  # noqa: PLC0415

    carry_out(lambda: run(name, audience, assignment))


@app.command()
def doctor() -> None:
    """Try each layer of isolation on this machine, and say how to mend what is missing."""
    # Imported here, as for every verb.
    from grader.cli.doctor import run  # noqa: PLC0415

    carry_out(run)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the run document."""
    # Imported here, as for every verb.
    from grader.cli.schema import run  # noqa: PLC0415

    carry_out(run)
