"""Carries out a tutorial: its fenced blocks are files, changes of ``assignment.toml``, and commands with their exit status."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its language, the words after it (``file=…``), and its text."""

    language: str
    options: dict[str, str]
    text: str


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page that name a language, in order."""
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return [
        Block(language, dict(word.partition("=")[::2] for word in options.split()), text)
        for language, options, text in found
    ]


class Reader:
    """Somebody who does what the page says, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []

    def follow(self, block: Block) -> None:
        """Write the file, change the configuration, or run the commands. Raises AssertionError on another status."""
        if place := block.options.get("file"):
            path = self.folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif place := block.options.get("append"):
            path = self.folder / place
            path.write_text(path.read_text(encoding="utf-8") + "\n\n" + block.text, encoding="utf-8")
        elif block.language == "toml":
            self._change(block)
        elif block.language == "sh":
            self._run(block)

    def _change(self, block: Block) -> None:
        path = self.folder / "assignments" / "lab1" / "assignment.toml"
        text = path.read_text(encoding="utf-8")
        start = text.index(f'name = "{block.options["exercise"]}"') if "exercise" in block.options else 0
        for line in block.text.splitlines():
            key = line.partition(" = ")[0]
            changed, count = re.subn(rf"(?m)^{key} = .*$", lambda _: line, text[start:], count=1)  # noqa: B023 - used at once
            assert count == 1, f"no {key} in assignment.toml"
            text = text[:start] + changed
        path.write_text(text, encoding="utf-8")

    def _run(self, block: Block) -> None:
        binaries = Path(sys.executable).parent
        environment = {
            "PATH": f"{binaries}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "COLUMNS": "100",
        }
        script = block.text + '\nprintf "%s" "$PWD" > "$HERE"\n'
        here = self.folder.parent / "where.txt"
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=self.folder,
            env=environment | {"HERE": str(here)},
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        wanted = int(block.options.get("status", "0"))
        said = done.stdout + done.stderr
        self.said.append(said)
        assert done.returncode == wanted, f"{block.text}\nstatus {done.returncode}, not {wanted}:\n{said}"
        if here.is_file():
            self.folder = Path(here.read_text(encoding="utf-8"))
