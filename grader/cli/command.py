"""What ``grade`` does, from options to exit status."""

import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Annotated, NoReturn

import typer

from grader import __version__
from grader.cli import options as values
from grader.cli.options import Options
from grader.cli.statuses import INTERRUPTED, NO_GRADE, USAGE
from grader.errors import GraderFault, UsageError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
EPILOG = (
    "Exit status: 0 graded and reached --fail-under; 1 graded and below it; 2 the call cannot be carried out; "
    "3 at least one submission has no grade."
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"grade {__version__}")
        raise typer.Exit


Submissions = Annotated[
    list[str],
    typer.Argument(metavar="SUBMISSION", help="A notebook, or a folder searched for *.ipynb.", show_default=False),
]
AssignmentOption = Annotated[
    str | None,
    typer.Option(
        metavar="ID|DIR", help="The assignment. Left out: the one that the notebook names.", show_default=False
    ),
]
JsonOption = Annotated[
    str | None,
    typer.Option(metavar="FILE|-", help="Write the results as JSON; - is standard output.", show_default=False),
]
JunitOption = Annotated[
    str | None, typer.Option(metavar="FILE", help="Write the results as JUnit XML.", show_default=False)
]
JobsOption = Annotated[
    str | None, typer.Option(metavar="N", help="Notebooks at a time. Left out: one a processor.", show_default=False)
]
AudienceOption = Annotated[
    str, typer.Option(metavar="student|instructor", help="Who reads the output: students see less of hidden checks.")
]
PercentOption = Annotated[str, typer.Option(metavar="PERCENT", help="Exit with 1 below this share of the points.")]
ExitZeroOption = Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 also when points were lost.")]
SandboxOption = Annotated[
    str, typer.Option(metavar="auto|strict|off", help="Isolation: what there is, all of it or nothing runs, none.")
]
WatchOption = Annotated[bool, typer.Option("--watch", help="Grade again whenever the notebook is saved.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="One line a submission.")]
VersionOption = Annotated[
    bool, typer.Option("--version", help="Show the version and exit.", callback=_version, is_eager=True)
]


@app.command(epilog=EPILOG)
def grade(  # noqa: PLR0917 - a parameter an option is how Typer declares them
    submissions: Submissions,
    assignment: AssignmentOption = None,
    json: JsonOption = None,
    junit: JunitOption = None,
    jobs: JobsOption = None,
    audience: AudienceOption = "student",
    fail_under: PercentOption = "100",
    exit_zero: ExitZeroOption = False,
    sandbox: SandboxOption = "auto",
    watch: WatchOption = False,
    quiet: QuietOption = False,
    version: VersionOption = False,
) -> None:
    """Grade Jupyter notebooks, and say which mistake was made.

    Example: grade submission.ipynb --assignment softmax
    """
    del version
    raise typer.Exit(
        _status(
            lambda: Options(
                submissions=tuple(submissions),
                assignment=assignment,
                json=json,
                junit=junit,
                jobs=values.jobs(jobs),
                audience=values.audience(audience),
                fail_under=values.percent(fail_under),
                exit_zero=exit_zero,
                sandbox=values.mode(sandbox),
                watch=watch,
                quiet=quiet,
            )
        )
    )


def _status(options: Callable[[], Options]) -> int:
    """Carry the call out; every way to end has its status."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return _carry_out(options())
    except UsageError as error:
        _say(str(error))
        return USAGE
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the document on standard output has left.
        return NO_GRADE
    except GraderFault as error:
        _say(str(error))
        return NO_GRADE
    except Exception as error:  # noqa: BLE001 - any fault of ours must end with the status that says so
        traceback.print_exc()
        _say(f"the grader itself failed: {type(error).__name__}: {error}")
        return NO_GRADE


def _carry_out(options: Options) -> int:
    # Imported here: `grade --help` answers at once, without Rich and without the rest of the grader.
    from grader.cli.session import once, watched  # noqa: PLC0415

    if options.assignment == "":
        raise UsageError("--assignment: the name of the assignment is empty")
    values.check_outputs(options)
    return (watched if options.watch else once)(options, values.current_folder())


def _say(message: str) -> None:
    # Imported here, for the same reason.
    from grader.report.github import inert  # noqa: PLC0415
    from grader.report.safe import clean  # noqa: PLC0415

    print(inert(f"grade: {clean(message)}"), file=sys.stderr, flush=True)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    """SIGTERM ends the grader in order: kernels are killed and folders removed on the way out."""
    del frame
    raise SystemExit(128 + number)
