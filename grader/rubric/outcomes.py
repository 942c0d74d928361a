"""How a rubric test says that the student's work failed.

A test fails the student by ``Failure`` or any ``AssertionError``; whatever else it raises is the rubric's own fault.
"""


class Failure(AssertionError):  # noqa: N818 - an outcome, not an error
    """The student's work does not do what the check asks. The message is what the student reads."""

    def __init__(self, message: str, *, because: str | None = None) -> None:
        self.message = message
        self.because = because
        super().__init__(message)


class CallTimedOut(Failure):
    """A call of the student's code did not end within its limit: the check is ``timed_out``."""


class CarriedForward(Exception):  # noqa: N818 - an outcome, not an error
    """The check fails only because of a fault elsewhere, in the exercise ``because``: it earns its points."""

    def __init__(self, because: str, text: str) -> None:
        self.because = because
        self.text = text
        super().__init__(text)
