"""Which files of this machine a kernel may see: the system's programs, the interpreter, its packages, and no more.

The grader's own package is left out, but for ``inside``: it may hold a course's rubric. Standard library only.
"""

import functools
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
"""The folder of the package ``grader``."""

OWN = (PACKAGE / "__init__.py", PACKAGE / "inside")
"""What of the grader a kernel needs."""

_PREFIX_PARTS = ("bin", "lib", "lib64", "lib32", "libexec", "include", "share", "etc", "ssl", "pyvenv.cfg")
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
_SYSTEM_PARTS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec", "share", "include")
_PACKAGES = frozenset({"site-packages", "dist-packages"})
_SETTINGS = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/mime.types",
    "/etc/os-release",
    "/etc/debian_version",
    "/etc/matplotlibrc",
)
_PROCESSORS = "/sys/devices/system/cpu"


@functools.cache
def readable() -> tuple[Path, ...]:
    """Return existing files and folders a kernel may read and execute, none of them inside another.

    Looked up once, by the fork server: a kernel that has changed its user may not even be able to look.
    Folders of a prefix, and ``/usr``, are listed part by part: a virtual environment may have been made in the folder of
    a course, and containers like to put an application into ``/usr/src``. Of other folders on the module path only those
    that an installer fills are shown, not the checkout of a package under development. Symbolic links are kept as they
    are: ``/bin`` may be one.
    """
    wanted = [Path(name) for name in (*_SYSTEM, *_SETTINGS, _PROCESSORS)]
    wanted += [Path(folder) / part for folder in ("/usr", "/usr/local") for part in _SYSTEM_PARTS]
    for prefix in _prefixes():
        wanted += [prefix / part for part in _PREFIX_PARTS]
    wanted += [Path(entry) for entry in sys.path if Path(entry).name in _PACKAGES]
    wanted += [Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("platstdlib"))]
    return tuple(_outermost([path for path in dict.fromkeys(wanted) if path.exists() or path.is_symlink()]))


def _prefixes() -> list[Path]:
    """Return the interpreter's prefixes, as named and as they really are."""
    named = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.exec_prefix), Path(sys.base_exec_prefix)]
    program = [Path(sys.executable).resolve().parent.parent]
    return list(dict.fromkeys([path for one in [*named, *program] for path in (one, one.resolve())]))


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """Leave out every path that lies in another of them."""
    kept: list[Path] = []
    for path in sorted(set(paths), key=lambda one: len(one.parts)):
        if not any(path.is_relative_to(other) and not other.is_symlink() for other in kept):
            kept.append(path)
    return kept


@functools.cache
def hidden() -> tuple[Path, ...]:
    """Return the folders that a kernel may not see though they may lie among what it may.

    These are the package, and others of its name on the search path: an editable installation leaves the assignments
    that ship, with their rubrics, in one beside the other packages.
    """
    named = [(Path(entry) / PACKAGE.name).resolve() for entry in sys.path if entry]
    return tuple(dict.fromkeys([PACKAGE, *(path for path in [*named, *_TOLD] if path.is_dir())]))


_TOLD: list[Path] = []


def hide(folders: Iterable[str]) -> None:
    """Hide these folders too: the assignment's, and those of the submissions, wherever a course keeps them."""
    _TOLD[:] = [Path(folder).resolve() for folder in folders]
    hidden.cache_clear()


def hidden_in(paths: Iterable[Path]) -> list[Path]:
    """Return those of the hidden folders that lie in one of ``paths``, so that something must be laid over them.

    None lies inside another: an assignment that ships lies in the package, and is gone with it.
    """
    places = [path.resolve() for path in paths]
    return _outermost(path for path in hidden() if any(path.is_relative_to(place) for place in places))


def without_the_grader(path: Path) -> tuple[list[Path], list[Path]]:
    """Split ``path`` around the hidden folders, for rules that can only allow.

    Returns the largest files and folders within it that hold none of them, and the folders on the way to them.
    """
    inside = hidden_in([path])
    if not inside:
        return [path], []
    allowed: list[Path] = []
    passed: list[Path] = []
    waiting = [path.resolve()]
    while waiting:
        here = waiting.pop()
        if here in inside:
            continue
        passed.append(here)
        for child in here.iterdir():
            on_the_way = any(folder.is_relative_to(child) for folder in inside)
            (waiting if on_the_way else allowed).append(child)
    return allowed, passed
