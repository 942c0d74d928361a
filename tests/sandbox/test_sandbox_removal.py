"""Whatever a student's code leaves on disk is removed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox_lab import Lab

from grader.sandbox.layers import Confinement
from grader.sandbox.removal import remove_tree

DEPTH = 1050


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder that stays, with a file outside the tree that is removed."""
    (tmp_path / "outside").write_text("stays")
    yield tmp_path
    assert (tmp_path / "outside").read_text() == "stays"


def dig(top: Path, depth: int) -> None:
    """Nest folders deeper than a path can name."""
    here = os.open(top, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("n" * 10, dir_fd=here)
        below = os.open("n" * 10, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def test_a_tree_deeper_than_any_path_is_removed(place: Path) -> None:
    """Neither the length of a path nor the depth of recursion limits removal."""
    top = place / "tree"
    top.mkdir()
    dig(top, DEPTH)
    remove_tree(top)
    assert not top.exists()


def test_folders_without_permission_and_links_are_removed_not_followed(place: Path) -> None:
    """A folder that nobody may enter goes with its files; what a link points to stays."""
    top = place / "tree"
    (top / "closed" / "inner").mkdir(parents=True)
    (top / "closed" / "inner" / "file").write_text("x")
    (top / "link").symlink_to(place)
    (top / "closed" / "up").symlink_to(place / "outside")
    (top / "closed" / "inner").chmod(0)
    (top / "closed").chmod(0)
    remove_tree(top)
    assert not top.exists()


def test_removing_what_is_not_there_is_no_error(place: Path) -> None:
    """A folder that has gone already is fine."""
    remove_tree(place / "nothing")


def test_a_hostile_scratch_folder_goes_with_its_kernel() -> None:
    """A kernel whose scratch folder lies on disk cannot leave it behind by nesting, nor harm the server."""
    with Lab() as lab:
        with lab.kernel(Confinement.only("landlock", "seccomp")) as kernel:
            folder = Path(kernel.kernel.manager.ip).parent
            said = kernel.run(
                "import os\n"
                "os.mkdir('closed', 0)\n"
                "for _ in range(450):\n"
                "    os.mkdir('n' * 10)\n"
                "    os.chdir('n' * 10)\n"
                "print('dug')"
            )
            assert said == "dug\n"
            assert folder.exists()
            kernel.kill()
        assert not folder.exists()
        with lab.kernel() as kernel:
            assert kernel.run("print(1)") == "1\n"
