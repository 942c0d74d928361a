"""The fork server is a kernel provisioner that any Jupyter program can use, and it survives bad customers."""

import asyncio
import contextlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from sandbox_lab import Lab

from grader.errors import KernelUnavailable
from grader.inside import frames
from grader.sandbox.provisioner import NAME, ForkServerProvisioner


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """One server."""
    with Lab() as laboratory:
        yield laboratory


def test_any_jupyter_program_can_use_it(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel specification on disk that names the provisioner and the address is all that a program needs."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    folder = tmp_path / "kernels" / "confined"
    folder.mkdir(parents=True)
    stanza = {"provisioner_name": NAME, "config": {"address": lab.server.address}}
    spec = {"argv": [], "display_name": "x", "language": "python", "metadata": {"kernel_provisioner": stanza}}
    (folder / "kernel.json").write_text(json.dumps(spec))

    async def session() -> tuple[bool, dict[str, object], bool]:
        manager = AsyncKernelManager(
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(tmp_path / "kernels")]), kernel_name="confined"
        )
        await manager.start_kernel()
        client = manager.client()
        client.start_channels(hb=False)
        await client.wait_for_ready(timeout=20)
        reply = await client.execute("import os; x = os.getuid()", reply=True, timeout=20)
        alive = await manager.is_alive()
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return alive, reply["content"], await manager.is_alive()

    alive, content, alive_after = asyncio.run(session())
    assert alive
    assert content["status"] == "ok"
    assert not alive_after


@pytest.mark.parametrize("bad", [{}, {"limits": 3}, {"limits": {}, "confinement": {"no": True}}, {"stage": ["x"]}])
def test_a_bad_order_is_refused_and_the_server_lives(lab: Lab, bad: dict[str, object]) -> None:
    """The refusal says what is wrong; the next order is carried out."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.settimeout(20)
        connection.connect(lab.server.address)
        frames.send(connection, {"op": "start", **bad})
        answer = frames.receive(connection)
    assert answer is not None
    assert answer[0]["event"] == "failed"
    assert answer[0]["reason"]
    with lab.kernel() as kernel:
        assert kernel.run("print(1)") == "1\n"


@pytest.mark.parametrize("noise", [b"", b"{", b"[]", b'{"op": "start"}' * 20_000])
def test_noise_on_the_socket_harms_nobody(lab: Lab, noise: bytes) -> None:
    """Frames that are no frames, too long ones, and customers who leave at once."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.connect(lab.server.address)
        with contextlib.suppress(OSError):
            connection.send(noise)
    with lab.kernel() as kernel:
        assert kernel.run("print(1)") == "1\n"


def test_a_customer_who_leaves_takes_the_kernel_along(lab: Lab) -> None:
    """Closing the connection, without a word, ends the kernel and removes its folder."""
    before = {path.name for path in lab.server.run_root.iterdir()}
    with lab.kernel() as kernel:
        folder = Path(kernel.kernel.manager.ip).parent
        assert folder.name not in before
        provisioner: ForkServerProvisioner = kernel.kernel.manager.provisioner
        assert provisioner.connection is not None
        provisioner.connection.close()
        provisioner.connection = None
        kernel.await_death()


def test_an_unknown_address_is_told(tmp_path: Path) -> None:
    """The message names the address."""
    provisioner = ForkServerProvisioner(address=str(tmp_path / "nobody"))
    with pytest.raises(KernelUnavailable, match="nobody"):
        asyncio.run(provisioner.launch_kernel([]))
