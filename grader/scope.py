"""By what part of an assignment one submission is graded: all of it, unless the rubric itself is being tested."""

import msgspec


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an assignment, and the circumstances of one run. Its defaults are the assignment as it stands."""

    exercises: tuple[str, ...] = ()
    """Only these are ruled on, by their names; empty: all."""
    salt: str = ""
    """In place of the assignment's, and of ``GRADER_SALT``."""
    backwards: bool = False
    """The checks are asked in the opposite order."""
    limits: tuple[tuple[str, float], ...] = ()
    """Fields of ``Limits`` that differ from the assignment's."""


WHOLE = Scope()
"""The assignment as it stands."""
