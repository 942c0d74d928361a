"""A grader that will be killed: it does its work up to a moment, says ``now``, and waits.

Arguments: the folder for runs, and the moment.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from grader.limits import Limits
from grader.sandbox.connect import connect
from grader.sandbox.launch import start_server
from grader.sandbox.protocol import KernelOrder

MOMENTS = ("server-starting", "kernel-starting", "kernel-waiting", "code-running", "kernel-ending")
VICTIM = __file__


async def work(base: Path, moment: str) -> None:
    """Work up to ``moment``."""
    server = start_server(["numpy"], "auto", base)
    if moment == "any":
        await work_on(base, server.address)
    if moment == "server-starting":
        await wait_to_be_killed()
    sandbox = connect(server.address, "auto")
    if moment == "kernel-starting":
        server.describe()
        task = asyncio.ensure_future(sandbox.start_kernel(KernelOrder(Limits())))
        await asyncio.sleep(0.02)
        await wait_to_be_killed(task)
    kernel = await sandbox.start_kernel(KernelOrder(Limits()))
    if moment == "code-running":
        kernel.client.execute(
            "import os, subprocess\n"
            f"subprocess.Popen(['sh', '-c', 'sleep 600; :', {str(base)!r}], start_new_session=True)\n"
            "os.fork()\n"
            "while True: pass"
        )
    if moment == "kernel-ending":
        ending = asyncio.ensure_future(kernel.kill())
        await asyncio.sleep(0)
        await wait_to_be_killed(ending)
    await wait_to_be_killed()


async def work_on(base: Path, address: str) -> None:
    """Start, use and end kernels, two at a time, without end."""
    sys.stdout.write("now\n")
    sys.stdout.flush()
    sandbox = connect(address, "auto")
    code = (
        f"import subprocess; p = subprocess.Popen(['sh', '-c', 'sleep 600; :', {str(base)!r}], start_new_session=True)"
    )

    async def one() -> None:
        while True:
            kernel = await sandbox.start_kernel(KernelOrder(Limits()))
            await kernel.client.execute(code, reply=True)
            await kernel.kill()

    await asyncio.gather(one(), one())


async def wait_to_be_killed(*running: "asyncio.Future[Any]") -> None:
    """Say that the moment has come; go on with what was begun."""
    sys.stdout.write("now\n")
    sys.stdout.flush()
    await asyncio.gather(*running)
    await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1]), sys.argv[2]))
