"""The layers of confinement, by name: which are wanted, which hold, and what each is for. Standard library only."""

from dataclasses import asdict, dataclass, fields, replace


@dataclass(frozen=True)
class Confinement:
    """Which layers are wanted. All of them, unless a test or the doctor switches one off on purpose."""

    user: bool = True
    """A user of its own (as root) or a user namespace (as anybody else)."""
    mounts: bool = True
    """A root of its own that holds only the interpreter, its packages and a small scratch folder."""
    processes: bool = True
    """A process namespace: the kernel sees and signals only its own processes, which all end with it."""
    network: bool = True
    """A network namespace without any interface."""
    ipc: bool = True
    """A namespace for System V IPC and message queues."""
    names: bool = True
    """A host name of its own."""
    landlock: bool = True
    """The kernel's Landlock: files by list, no TCP, no signals and no abstract sockets outwards."""
    seccomp: bool = True
    """A filter of system calls: Unix sockets only, no connect, no ptrace, no mounts, no namespaces."""
    rlimits: bool = True
    """Limits of the operating system on memory, processor time, processes, files."""
    watcher: bool = True
    """A watch over the private memory of the whole process tree."""
    cgroup: bool = True
    """A control group for memory, where one can be written."""
    fork: bool = True
    """Not a layer: kernels are forked from the warm server. Without it they start as programs of their own."""

    @classmethod
    def nothing(cls) -> "Confinement":
        """No layer at all: what ``--sandbox off`` means."""
        return cls(**{field.name: field.name == "fork" for field in fields(cls)})

    def without(self, *names: str) -> "Confinement":
        """Return the same with these layers switched off."""
        return replace(self, **dict.fromkeys(names, False))

    @classmethod
    def only(cls, *names: str) -> "Confinement":
        """Return only these layers."""
        return replace(cls.nothing(), **dict.fromkeys(names, True))

    def to_json(self) -> dict[str, bool]:
        """Return the settings as JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, bool] | None) -> "Confinement":
        """Read what ``to_json`` wrote; None is everything."""
        return cls(**(data or {}))
