"""The real conductor, and a witness beside it: what a notebook's cells printed, and what its ``proof()`` says at the end.

Run as the conductor is, with one argument more: the folder that takes, by the hash of each notebook, what was heard.
"""

import json
import sys
from pathlib import Path
from typing import Any

import grader.grade
from grader.answers import Call, Returned
from grader.kernel.session import Execution, Session
from grader.workers import conductor

FOLDER = Path(sys.argv[3])


class Witness(Session):
    """The session of the grader; it writes down what it heard when it is closed."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._heard: list[str] = []

    def execute(self) -> Execution:
        """Run the notebook's cells, and keep the text of their outputs."""
        execution = super().execute()
        for outputs in execution.outputs.values():
            for output in outputs:
                said = [output.get("text"), *output.get("traceback", ()), *output.get("data", {}).values()]
                self._heard += [text for text in said if isinstance(text, str)]
        return execution

    def close(self) -> None:
        """Ask the notebook for its proof, if it has one; then end the kernel."""
        if self._line is not None and any("def proof(" in cell.source for cell in self._notebook.cells):
            (answer,) = self.ask(Call("proof"))
            self._heard.append(answer.value.text if isinstance(answer, Returned) else repr(answer))
        if self._heard:
            FOLDER.joinpath(f"{self._notebook.sha256}.json").write_text(json.dumps(self._heard), encoding="utf-8")
        super().close()


if __name__ == "__main__":
    vars(grader.grade)["Session"] = Witness
    conductor.main()
