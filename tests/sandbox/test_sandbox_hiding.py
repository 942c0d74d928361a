"""What lies among visible files and must not be seen is hidden: by a root of its own, and by Landlock alone."""

import json
import os
import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox_lab import Lab

from grader.sandbox import launch, visible
from grader.sandbox.layers import Confinement

PACKAGES = Path(sysconfig.get_path("purelib"))
LOOK = """
import json, os
def read(path):
    try:
        with open(path) as file: return file.read()
    except OSError as problem:
        return type(problem).__name__
print(json.dumps([read(path) for path in PATHS]))
"""


@pytest.fixture
def course() -> Iterator[Path]:
    """A course's folder among the interpreter's packages."""
    if not os.access(PACKAGES, os.W_OK):
        pytest.skip(f"{PACKAGES} cannot be written, so no course can be put there")
    folder = PACKAGES / f"course{os.getpid()}"
    (folder / "inner").mkdir(parents=True)
    (folder / "rubric.py").write_text("expected = 42")
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("confinement", [Confinement(), Confinement.only("landlock", "seccomp")], ids=["root", "rules"])
def test_a_course_among_the_packages_is_hidden(course: Path, confinement: Confinement) -> None:
    """The folder named to the server cannot be read, nor the grader's own code beside what the kernel runs; NumPy can."""
    paths = [course / "rubric.py", Path(launch.__file__), Path(launch.__file__).parents[1] / "verdict.py"]
    with (
        launch.start_server(["numpy"], "auto", spare=False, hide=[course]) as server,
        Lab(server=server) as lab,
        lab.kernel(confinement) as kernel,
    ):
        code = LOOK.replace("PATHS", json.dumps([str(path) for path in paths]))
        assert set(json.loads(kernel.run(code))) <= {"FileNotFoundError", "PermissionError"}
        assert kernel.run("import numpy.testing, zipfile, grader.inside.values; print(1)") == "1\n"


def test_a_folder_inside_a_hidden_one_costs_no_layer(course: Path) -> None:
    """As an assignment that ships lies in the package once that is installed: it is gone with it, and the root can be built."""
    layers = []
    for hide in ([course], [course, course / "inner"], [course / "inner", course]):
        with (
            launch.start_server(["numpy"], "auto", spare=False, hide=hide) as server,
            Lab(server=server) as lab,
            lab.kernel(Confinement()) as kernel,
        ):
            layers.append(kernel.kernel.isolation.layers)
    assert layers[0] == layers[1] == layers[2]


def test_a_container_s_application_folder_is_not_visible() -> None:
    """``/usr/src``, where containers put an application, and a checkout on the module path are not shown."""
    shown = visible.readable()
    for folder in (Path("/usr/src"), Path(__file__).parents[2], Path.home()):
        assert folder not in shown
        assert not any(folder.is_relative_to(path.resolve()) for path in shown)
