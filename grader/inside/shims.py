"""Stand-ins for what a notebook expects of its surroundings and a bare, offline kernel has not.

``install`` is run once in the student's kernel before the first cell, with settings that the trusted side made from the
notebook's text (``grader.notebook.repair``), and which it has already told the student about. Each stand-in acts only on
what the notebook itself does; libraries see the ordinary Python.
"""

import ast
import builtins
import importlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sized
from types import ModuleType
from typing import Any, NoReturn, Self

EMPTY_ANSWERS = 20
"""How often ``input()`` is answered with an empty text before it says that nobody is there."""


class Quiet:
    """Something that only shows things: every use of it is accepted and does nothing.

    Called with a single function (``interact(f, ...)``, or as a decorator) it gives the function back.
    """

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def __call__(self, *arguments: Any, **_: Any) -> Any:
        """Accept any use; a single function comes back as it is."""
        if arguments and callable(arguments[0]) and not isinstance(arguments[0], Quiet):
            return arguments[0]
        return {} if self._name.endswith("files.upload") else self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Quiet(f"{self._name}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        """Accept, and forget: a widget's value is not shown anywhere."""

    def __getitem__(self, key: Any) -> "Quiet":
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __repr__(self) -> str:
        return f"<{self._name}: shows nothing while the notebook is graded>"


class Progress:
    """A progress bar that counts nothing and shows nothing: iterating over it iterates over what it was given."""

    def __init__(self, iterable: Iterable[Any] = (), *_: Any, total: int | None = None, **__: Any) -> None:
        self.iterable, self.total, self.n = iterable, total, 0

    def __iter__(self) -> Iterator[Any]:
        return iter(self.iterable)

    def __len__(self) -> int:
        return len(self.iterable) if isinstance(self.iterable, Sized) else self.total or 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Quiet(f"tqdm.{name}")

    @staticmethod
    def trange(*arguments: int, **_: Any) -> "Progress":
        """``tqdm.trange``: a bar over a range."""
        return Progress(range(*arguments))

    @staticmethod
    def write(*values: object, **_: Any) -> None:
        """``tqdm.write``: prints, as without a bar."""
        print(*values)  # noqa: T201 - the student's own output, in the student's process


def _silent_callback(*_: Any, **__: Any) -> Any:
    """``tqdm.keras.TqdmCallback``: a callback of Keras that does nothing."""
    return importlib.import_module("keras").callbacks.Callback()


class Absent:
    """A name from a module that is not there: any use of it says so."""

    def __init__(self, module: str, name: str) -> None:
        self.__dict__.update(_module=module, _name=name)

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        message = f"No module named '{self._module}': `{self._name}` is not available"
        raise ModuleNotFoundError(message, name=self._module)

    __call__ = __getitem__ = __iter__ = __len__ = __enter__ = __add__ = __radd__ = __mul__ = __setitem__ = _refuse
    __bool__ = __float__ = __int__ = __array__ = __setattr__ = _refuse

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._refuse()

    def __mro_entries__(self, bases: tuple[Any, ...]) -> NoReturn:
        self._refuse()

    def __exit__(self, *_: object) -> None:
        pass

    def __repr__(self) -> str:
        return f"<{self._name} of the missing module {self._module}>"


class _StandIn(ModuleType):
    """What an import of a module that is not there gives: ``kind`` is ``absent``, ``quiet`` or ``progress``."""

    def __init__(self, name: str, kind: str, module: str = "") -> None:
        super().__init__(name, f"Stands in for {name}, which is not here.")
        self.__dict__.update(__all__=(), __path__=[], _kind=kind, _module=module or name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__version__":
            raise AttributeError(name)
        full = self.__name__
        if self._kind == "progress":
            bars = {"tqdm": Progress, "tqdm_notebook": Progress, "trange": Progress.trange, "tnrange": Progress.trange}
            if name == "TqdmCallback":
                return _silent_callback
            return bars.get(name) or _StandIn(f"{full}.{name}", "progress")
        if self._kind == "quiet":
            return Quiet(f"{full}.{name}")
        return Absent(self._module, name)


class _Importer:
    """``__import__`` for the notebook's own import statements; every other import goes to Python's."""

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self.kinds, self.original = dict(kinds), builtins.__import__

    def __call__(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002 - the name that Python gives it
        locals: Mapping[str, Any] | None = None,  # noqa: A002 - as above
        fromlist: tuple[str, ...] | None = (),
        level: int = 0,
    ) -> Any:
        ours = level == 0 and globals is not None and globals.get("__name__") == "__main__"
        if ours and (made := self._stand_in(name, fromlist or ())) is not None:
            return made
        module = self.original(name, globals, locals, fromlist or (), level)
        if ours and name == "IPython.core.display":
            _fill_display(module, fromlist or ())
        return module

    def _stand_in(self, name: str, fromlist: tuple[str, ...]) -> Any:
        for missing, kind in self.kinds.items():
            if name == missing or name.startswith(missing + "."):
                if "." in missing and not fromlist and kind == "absent":  # `import keras.gone` binds `keras`
                    return self.original(name.partition(".")[0])
                return _StandIn(name if fromlist else name.partition(".")[0], kind, missing)
            parent, _, child = missing.rpartition(".")
            if parent and name == parent and child in fromlist:
                return self._with_child(name, child, kind, fromlist)
        return None

    def _with_child(self, name: str, child: str, kind: str, fromlist: tuple[str, ...]) -> ModuleType:
        """``from name import child, other``: the stand-in for ``child``, and the real others."""
        module, others = ModuleType(name), tuple(part for part in fromlist if part != child)
        if others:
            real = self.original(name, None, None, others, 0)
            module.__dict__.update({part: getattr(real, part) for part in others if hasattr(real, part)})
        module.__dict__[child] = _StandIn(f"{name}.{child}", kind, f"{name}.{child}")
        return module


class _Onward:
    """Lets a cell go on behind a statement that needs an absent module: only what depends on it fails.

    A transformer for IPython's syntax trees. Behind it, a statement that needs what it should have bound is passed over
    in the same way, in later cells too. The cell still ends with the first such error, at the line of its statement.
    """

    HOLD, TELL = "_grader_hold", "_grader_tell"

    def __init__(self, namespace: Mapping[str, Any], absent: frozenset[str]) -> None:
        self.namespace, self.absent = namespace, absent
        self.lost: set[str] = set()
        self.held: dict[int, Exception] = {}
        self.bound: list[set[str]] = []
        setattr(builtins, self.HOLD, self._hold)
        setattr(builtins, self.TELL, self._tell)

    def _hold(self, number: int, error: ImportError | NameError) -> bool:
        """Whether an error is one to go on behind."""
        ours = error.name in (self.absent if isinstance(error, ImportError) else self.lost)
        if ours:
            self.held[number] = error
            self.lost |= self.bound[number]
        return ours

    def _tell(self, number: int) -> None:
        if (error := self.held.pop(number, None)) is not None:
            self.held.clear()
            raise error

    def visit(self, tree: Any) -> Any:
        """The tree of a cell with each statement on its own, where the cell speaks of what is absent."""
        if not isinstance(tree, ast.Module) or not self._speaks(tree):
            return tree
        self.held.clear()
        self.bound = [_bound(statement) for statement in tree.body]
        body: list[ast.stmt] = [self._with_handler(number, statement) for number, statement in enumerate(tree.body)]
        last: list[ast.stmt] = [
            ast.copy_location(ast.Expr(self._call(self.TELL, number)), statement)
            for number, statement in enumerate(tree.body)
        ]
        tree.body = [ast.copy_location(ast.Try(body=body, handlers=[], orelse=[], finalbody=last), tree.body[0])]
        return ast.fix_missing_locations(tree)

    def _speaks(self, tree: ast.Module) -> bool:
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        imports = [name for node in tree.body for name in _modules(node)]
        if "__future__" in imports:  # has to be a cell's first statement
            return False
        here = any(isinstance(self.namespace.get(name), Absent | _StandIn) for name in used)
        return (
            here
            or bool(used & self.lost)
            or any(name == absent or name.startswith(absent + ".") for name in imports for absent in self.absent)
        )

    def _with_handler(self, number: int, statement: ast.stmt) -> ast.stmt:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            return statement
        name = f"_grader_error_{number}"
        kept = self._call(self.HOLD, number, ast.Name(id=name, ctx=ast.Load()))
        refuse = ast.If(test=ast.UnaryOp(op=ast.Not(), operand=kept), body=[ast.Raise()], orelse=[])
        kinds: list[ast.expr] = [ast.Name(id=kind, ctx=ast.Load()) for kind in ("ModuleNotFoundError", "NameError")]
        handler = ast.ExceptHandler(type=ast.Tuple(elts=kinds, ctx=ast.Load()), name=name, body=[refuse])
        return ast.copy_location(ast.Try(body=[statement], handlers=[handler], orelse=[], finalbody=[]), statement)

    @staticmethod
    def _call(function: str, number: int, *more: ast.expr) -> ast.Call:
        return ast.Call(func=ast.Name(id=function, ctx=ast.Load()), args=[ast.Constant(number), *more], keywords=[])


def _bound(statement: ast.stmt) -> set[str]:
    """The names that a statement of a cell may bind."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _modules(statement: ast.stmt) -> list[str]:
    """The modules that an import statement names; none for any other."""
    if isinstance(statement, ast.ImportFrom):
        return [statement.module or "", *(f"{statement.module}.{alias.name}" for alias in statement.names)]
    return [alias.name for alias in statement.names] if isinstance(statement, ast.Import) else []


def _fill_display(module: Any, names: tuple[str, ...]) -> None:
    """Give ``IPython.core.display`` the names that later versions moved to ``IPython.display``."""
    shown = importlib.import_module("IPython.display")
    for name in names:
        if not hasattr(module, name) and hasattr(shown, name):
            setattr(module, name, getattr(shown, name))


def _known(file: Any, paths: Mapping[str, str]) -> str | None:
    """The file that a path leads to: the very path, or one that the notebook has put together from its last part."""
    path = os.fspath(file)
    if not isinstance(path, str):
        return None
    name = path.replace("\\", "/").rpartition("/")[2]
    return paths.get(path) or next((known for known in paths.values() if known.rpartition("/")[2] == name), None)


def _install_paths(paths: Mapping[str, str], namespace: dict[str, Any]) -> None:
    """Let ``open`` find, under the path the notebook names, the file that came with the assignment.

    IPython gives a notebook an ``open`` of its own, so that there are two to replace.
    """
    original, home = builtins.open, os.getcwd()  # noqa: PTH109 - no pathlib, which would be imported for one call

    def open_or_find(file: Any, mode: str = "r", *arguments: Any, **keywords: Any) -> Any:
        try:
            return original(file, mode, *arguments, **keywords)
        except FileNotFoundError:
            known = _known(file, paths) if isinstance(file, str | os.PathLike) and "r" in mode else None
            if known is None:
                raise
            return original(os.path.join(home, known), mode, *arguments, **keywords)  # noqa: PTH118 - as above

    builtins.open = open_or_find
    if "open" in namespace:
        namespace["open"] = open_or_find


def _install_chdir() -> None:
    """Let ``os.chdir`` to a folder that is not there leave the notebook where it is."""
    original = os.chdir

    def chdir(path: Any) -> None:
        try:
            original(path)
        except (FileNotFoundError, PermissionError):
            sys.stderr.write(f"The folder {path!r} is not there; the notebook stays in its own.\n")

    os.chdir = chdir


def _nobody_types() -> Any:
    """A replacement of ``input`` that answers with an empty text, and after twenty times says that nobody is there."""
    left = EMPTY_ANSWERS

    def answer(prompt: object = "", /) -> str:
        nonlocal left
        left -= 1
        if left < 0:
            raise EOFError("nobody types while a notebook is graded")
        sys.stdout.write(f"{prompt}\n")
        return ""

    return answer


def silence(callback: type, base: type) -> None:
    """Let a callback of Keras do nothing, as ``base`` does: TensorBoard's, where TensorBoard is not here."""
    for name in [name for name in vars(callback) if name.startswith(("on_", "set_"))]:
        setattr(callback, name, getattr(base, name))


def _leave(*_: object) -> NoReturn:
    """Replace ``exit`` and ``quit``: ends the cell, not the kernel."""
    raise SystemExit("the cell ended here; the kernel goes on")


def install(settings: Mapping[str, Any], namespace: dict[str, Any]) -> None:
    """Put the stand-ins that ``settings`` asks for in place; ``namespace`` is the notebook's.

    Keys, all optional: ``modules`` (name to ``absent``, ``quiet`` or ``progress``), ``display`` (names that IPython
    moved), ``paths`` (path in the notebook to path of the file that came with the assignment), ``folder`` (``os.chdir``),
    ``input`` and ``exit``.
    """
    if settings.get("modules") or settings.get("display"):
        importer: Any = _Importer(settings.get("modules", {}))
        builtins.__import__ = importer
    absent = frozenset(name for name, kind in settings.get("modules", {}).items() if kind == "absent")
    if absent and (shell := getattr(namespace.get("get_ipython"), "__self__", None)) is not None:
        shell.ast_transformers.append(_Onward(namespace, absent))
    if settings.get("paths"):
        _install_paths(settings["paths"], namespace)
    if settings.get("folder"):
        _install_chdir()
    if settings.get("input"):
        namespace["input"] = _nobody_types()
    if settings.get("exit"):
        namespace["exit"] = namespace["quit"] = _leave
