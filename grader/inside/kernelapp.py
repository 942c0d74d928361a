"""The kernel that runs a student's notebook: ipykernel's own, on sockets that were bound before it was started.

The sockets are listening already when the process starts, so the grader connects at once and no path that the student
could replace is ever opened. There is no heartbeat (a process descriptor is better), no debugger, no history, and no
TCP socket at all: confinement refuses those.
"""

import atexit
import gc
import json
import os
import socket
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

from grader.inside import boot, frames

sys.modules.setdefault("debugpy", None)  # type: ignore[arg-type]  # no debugger: 0.6 s less, and no TCP socket

from ipykernel.compiler import XCachingCompiler  # noqa: E402 - ipykernel must find the debugger switched off
from ipykernel.control import ControlThread  # noqa: E402
from ipykernel.iostream import IOPubThread  # noqa: E402
from ipykernel.ipkernel import IPythonKernel  # noqa: E402
from ipykernel.kernelapp import IPKernelApp  # noqa: E402
from zmq.constants import SocketOption, SocketType  # noqa: E402

CHANNELS = ("shell", "stdin", "control", "iopub")
"""The order in which sockets are bound, and their numbers 1 to 4 as "ports"."""

REQUEST = "grader_request"


def cell_name(number: int) -> str:
    """Return the file name under which the code of the cell with that execution count is compiled."""
    return f"<cell {number}>"


class CellCompiler(XCachingCompiler):  # type: ignore[misc]
    """Compiles a cell under a name that says which cell it is."""

    def get_code_name(self, raw_code: str, code: str, number: int) -> str:  # noqa: ARG002 - the signature is IPython's
        """Return ``<cell N>``."""
        return cell_name(number)


class NoShellThread:
    """Stands where ipykernel keeps its thread for the shell channel, and says that there is none.

    A cell with ``await`` is run only by a kernel that can ask which thread started the channel.
    """

    @property
    def parent_thread(self) -> threading.Thread:
        """The thread that runs the cells; in a forked process it is another one than in its parent."""
        return threading.main_thread()

    def __bool__(self) -> bool:
        return False


class GraderKernel(IPythonKernel):  # type: ignore[misc]
    """ipykernel's kernel with one more message type, by which the examiner asks the student's code."""

    compiler_class = CellCompiler
    _supports_kernel_subshells = False

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.shell_handlers[REQUEST] = self.grader_request

    async def grader_request(self, stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        """Hand the examiner's questions to ``grader.inside.questions`` and send its reply."""
        from grader.inside import questions  # noqa: PLC0415 - loaded with the kernel's first question, or by the server

        await questions.handle(self, stream, ident, parent)


class GraderKernelApp(IPKernelApp):  # type: ignore[misc]
    """ipykernel's application on inherited sockets (``listening``: channel name to descriptor)."""

    kernel_class = GraderKernel

    def __init__(self, listening: dict[str, int], **settings: Any) -> None:
        super().__init__(**settings)
        self._listening = dict(listening)
        self._ports_given = {"control": 0, "iopub": 0}

    def _bind_socket(self, s: Any, port: int) -> int:
        """Take over the listening socket whose turn it is; no path is opened."""
        if not self._listening:
            return int(super()._bind_socket(s, port))
        channel = next(name for name in CHANNELS if name in self._listening)
        s.setsockopt(SocketOption.USE_FD, self._listening.pop(channel))
        s.bind(f"ipc:///inherited/{channel}")
        return CHANNELS.index(channel) + 1

    def init_control(self, context: Any) -> None:
        """Make the control channel; the debugger's sockets exist because ipykernel asks for them, and stay unconnected."""
        self.control_socket = context.socket(SocketType.ROUTER)
        self.control_socket.linger = 1000
        self.control_port: int = self._bind_socket(self.control_socket, self._ports_given["control"])
        self.control_socket.router_handover = 1
        self.debugpy_socket = context.socket(SocketType.STREAM)
        self.debug_shell_socket = context.socket(SocketType.DEALER)
        self.control_thread = ControlThread(daemon=True)
        # Without the thread for subshells a message takes one hop less.
        self.shell_channel_thread = NoShellThread()

    def init_iopub(self, context: Any) -> None:
        """Make the channel for output without the TCP pipe that ipykernel opens for forked children."""
        self.iopub_socket = context.socket(SocketType.XPUB)
        self.iopub_socket.linger = 1000
        # The grader reads few messages ahead; what it has not read yet waits here, under this process's own limits.
        self.iopub_socket.sndhwm = 0
        self.iopub_port: int = self._bind_socket(self.iopub_socket, self._ports_given["iopub"])
        self.configure_tornado_logger()
        self.iopub_thread = IOPubThread(self.iopub_socket, pipe=False, session=self.session)
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket

    def init_heartbeat(self) -> None:
        """Make none: the process descriptor tells of the kernel's death at once."""

    def init_connection_file(self) -> None:
        """Read one where there is one (an ordinary kernel); else the sockets are inherited."""
        if not self._listening:
            super().init_connection_file()
            self._ports_given = {"control": self.control_port, "iopub": self.iopub_port}

    def write_connection_file(self, **_: Any) -> None:
        """Write none: whoever made the sockets knows them."""

    def log_connection_info(self) -> None:
        """Print nothing; remember the channels' numbers, which the kernel asks for."""
        self._ports = {
            "shell": self.shell_port,
            "iopub": self.iopub_port,
            "stdin": self.stdin_port,
            "hb": self.hb_port,
            "control": self.control_port,
        }

    def init_path(self) -> None:
        """Let the notebook import modules that lie beside it, after the standard library, as in Jupyter.

        IPython leaves that out under ``-P``, which protects the grader's own processes; this one is the student's.
        """
        if "" not in sys.path:
            packages = [
                index for index, path in enumerate(sys.path) if path.endswith(("site-packages", "dist-packages"))
            ]
            sys.path.insert(packages[0] if packages else len(sys.path), "")

    def init_crash_handler(self) -> None:
        """Install none: it would write a report file into the student's folder."""


def make_app(listening: dict[str, int], key: str) -> GraderKernelApp:
    """Make and initialise the application; when it returns, messages are answered as soon as it is started."""
    app: GraderKernelApp = GraderKernelApp.instance(listening=listening, log_level=50, quiet=True)
    app.transport = "ipc"
    app.session.key = key.encode()
    app.config.HistoryManager.enabled = False
    app.config.InteractiveShell.cache_size = 0
    app.config.InteractiveShell.colors = "nocolor"
    app.initialize([])
    return app


def run(settings: dict[str, Any]) -> None:
    """Be the kernel: initialise, wait for the order, serve until told to stop. Never returns.

    ``settings``: ``listening`` (channel to descriptor), ``orders`` (descriptor), ``key`` (of the Jupyter session),
    ``environment``, ``home`` (the folder the student's code runs in).
    """
    home = Path(settings["home"])
    with socket.socket(fileno=settings["orders"]) as orders:
        try:
            boot.fresh_process(settings["environment"], home)
            gc.enable()
            app = make_app(settings["listening"], settings["key"])
            proceed = boot.await_order(orders, home)
        except BaseException:  # noqa: BLE001 - the grader must hear of it, whatever it was
            frames.send(orders, {"event": "failed", "reason": traceback.format_exc()[-8000:]})
            os._exit(70)
    if proceed:
        app.start()
        atexit._run_exitfuncs()  # noqa: SLF001 - the interpreter's own exit would unwind into the fork server's frames
    os._exit(0)


def main() -> None:
    """Start as a program: settings as JSON in the argument, or a connection file (``-f FILE``) for an ordinary kernel."""
    if len(sys.argv) == 2 and sys.argv[1].startswith("{"):  # noqa: PLR2004 - the program and its one argument
        run(json.loads(sys.argv[1]))
    app = GraderKernelApp.instance(listening={}, log_level=50, quiet=True)
    app.config.HistoryManager.enabled = False
    app.initialize(sys.argv[1:])
    app.start()


if __name__ == "__main__":
    main()
