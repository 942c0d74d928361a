"""The grader's end of a kernel's channels: what bounds them, and when a new kernel is ready."""

import asyncio
from typing import Any

import zmq.asyncio
from zmq.constants import SocketOption

from grader.errors import KernelUnavailable
from grader.limits import MIB
from grader.sandbox.provisioner import readable

RECEIVE_QUEUE = 16
"""Messages that wait in this process, each at most ``MAXMSGSIZE`` long."""

MESSAGE_SLACK_MIB = 8
"""What a message may hold beside one value of the largest size: its other frames."""

READY_S = 60.0


def set_options(context: zmq.asyncio.Context, value_mib: int) -> None:
    """Bound what the sockets made from now on may hold, and forbid them to connect a second time.

    A message longer than one value of the largest size is refused by the library; a student who replaced a socket
    file would find nobody who connects to it.
    """
    context.sockopts[SocketOption.MAXMSGSIZE] = (value_mib + MESSAGE_SLACK_MIB) * MIB
    context.sockopts[SocketOption.RCVHWM] = RECEIVE_QUEUE
    context.sockopts[SocketOption.RECONNECT_IVL] = -1
    context.sockopts[SocketOption.LINGER] = 0


async def first_answer(kernel: Any) -> None:
    """Return when the kernel has answered on shell and iopub, and nothing is left unread.

    It is asked only after it has greeted the iopub subscription: what it publishes before that is lost.

    Raises:
        KernelUnavailable: the kernel ended instead, or did not answer in time.

    """
    client = kernel.client

    async def converse() -> None:
        while (await client.get_iopub_msg())["msg_type"] != "iopub_welcome":
            continue
        asked = client.kernel_info()
        while (await client.get_shell_msg())["parent_header"].get("msg_id") != asked:
            continue
        message: dict[str, Any] = {"parent_header": {}, "content": {}}
        while message["parent_header"].get("msg_id") != asked or message["content"].get("execution_state") != "idle":
            message = await client.get_iopub_msg()

    answer = asyncio.ensure_future(converse())
    end = asyncio.ensure_future(readable(kernel.pidfd))
    try:
        done, _ = await asyncio.wait({answer, end}, timeout=READY_S, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            raise KernelUnavailable(f"the kernel did not answer within {READY_S:.0f} s")
        if answer not in done:
            death = kernel.death()
            raise KernelUnavailable(f"the kernel ended while it was started: {death.words if death else 'unknown'}")
        answer.result()
    finally:
        answer.cancel()
        end.cancel()
        # Waited for, so that the descriptor has no reader left that would remove the caller's.
        await asyncio.gather(answer, end, return_exceptions=True)
