"""The filter of system calls, run by an interpreter of its language: on both machines it knows, and for every branch."""

import errno

import pytest

from grader.sandbox import filter as call_filter

LOAD, JUMP_EQUAL, JUMP_SET, JUMP_AT_LEAST, AND, RETURN = 0x20, 0x15, 0x45, 0x35, 0x54, 0x06
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
COLUMN = {"x86_64": 0, "aarch64": 1}
CLONE, CLONE3, SOCKET, MMAP, IOCTL, KILL = (56, 220), (435, 435), (41, 198), (9, 222), (16, 29), (62, 129)
READ, OPENAT, EXECVE, FORK_FLAGS = (0, 63), (257, 56), (59, 221), 0x1200011


def verdict(
    machine: str, number: int, *arguments: int, audit: int = 0, own_pid: int | None = None, own_root: bool = True
) -> int | None:
    """Run the filter on one call. Returns None when it is allowed, else the error's number."""
    data = {0: number, 4: audit or AUDIT[machine]}
    for index, value in enumerate((*arguments, 0, 0, 0, 0, 0, 0)[:6]):
        data[16 + 8 * index], data[20 + 8 * index] = value & 0xFFFFFFFF, value >> 32
    program = call_filter.program(machine, own_pid, own_root=own_root)
    assert len(program) < 4096
    held, place = 0, 0
    while True:
        code, when_true, when_false, constant = program[place]
        assert max(when_true, when_false) < 256
        place += 1
        if code == RETURN:
            return None if constant == 0x7FFF0000 else constant & 0xFFFF
        if code == LOAD:
            held = data[constant]
        elif code == AND:
            held &= constant
        else:
            tests = {JUMP_EQUAL: held == constant, JUMP_SET: bool(held & constant), JUMP_AT_LEAST: held >= constant}
            place += when_true if tests[code] else when_false


@pytest.fixture(params=["x86_64", "aarch64"])
def machine(request: pytest.FixtureRequest) -> str:
    """Each machine whose system calls are known."""
    return str(request.param)


def test_every_call_on_the_list_is_refused(machine: str) -> None:
    """Whatever its arguments."""
    for numbers in call_filter.REFUSED.values():
        number = numbers[COLUMN[machine]]
        if number is not None:
            assert verdict(machine, number, 1, 2, 3) == errno.EPERM


def test_ordinary_calls_are_allowed(machine: str) -> None:
    """Reading, opening, starting a program, forking, a thread, private and file mappings."""
    at = COLUMN[machine]
    for number in (READ[at], OPENAT[at], EXECVE[at]):
        assert verdict(machine, number, 3, 4, 5) is None
    assert verdict(machine, CLONE[at], FORK_FLAGS) is None
    assert verdict(machine, MMAP[at], 0, 4096, 3, 0x22) is None  # private, anonymous
    assert verdict(machine, MMAP[at], 0, 4096, 3, 0x01) is None  # shared, of a file
    assert verdict(machine, IOCTL[at], 1, 0x5401) is None
    assert verdict(machine, KILL[at], 77, 9) is None


def test_calls_are_refused_by_their_arguments(machine: str) -> None:
    """Namespaces, Internet and datagram sockets, shared anonymous memory, typing into a terminal."""
    at = COLUMN[machine]
    assert verdict(machine, CLONE3[at]) == errno.ENOSYS
    for flag in (0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
        assert verdict(machine, CLONE[at], FORK_FLAGS | flag) == errno.EPERM
    for family in (2, 10, 16, 17, 40):
        assert verdict(machine, SOCKET[at], family, 1) == errno.EACCES
    assert verdict(machine, SOCKET[at], 1, 1 | 0o2004000) is None
    assert verdict(machine, SOCKET[at], 1, 5) is None
    assert verdict(machine, SOCKET[at], 1, 2) == errno.EACCES
    for flags in (0x21, 0x23, 0x4021):
        assert verdict(machine, MMAP[at], 0, 4096, 3, flags) == errno.EPERM
    for request in (0x5412, 0x541C, 0x40086602):
        assert verdict(machine, IOCTL[at], 0, request) == errno.EPERM
        assert verdict(machine, IOCTL[at], 0, request | 1 << 32) == errno.EPERM


def test_another_machine_s_calls_are_refused() -> None:
    """The 32-bit entry and the x32 numbers do not lead around the filter."""
    assert verdict("x86_64", 0, audit=0x40000003) == errno.EPERM
    assert verdict("x86_64", 0x40000000 | 42) == errno.EPERM


def test_signals_stay_inside_where_nothing_else_keeps_them(machine: str) -> None:
    """With a process's own number, it can signal itself and nobody else; setting a thread's schedule has no effect."""
    at = COLUMN[machine]
    assert verdict(machine, KILL[at], 77, 9, own_pid=77) is None
    assert verdict(machine, KILL[at], 78, 9, own_pid=77) == errno.EPERM
    assert verdict(machine, KILL[at], 0xFFFFFFFF, 9, own_pid=77) == errno.EPERM
    number = call_filter.SCHEDULING["sched_setscheduler"][at]
    assert number is not None
    assert verdict(machine, number, 5, own_pid=77) == 0
    assert verdict(machine, number, 5) is None


def test_a_file_s_mode_is_not_changed_without_a_root_of_its_own(machine: str) -> None:
    """The call claims success and does nothing; with a root of its own it is allowed."""
    number = call_filter.METADATA["fchmodat"][COLUMN[machine]]
    assert number is not None
    assert verdict(machine, number, own_root=False) == 0
    assert verdict(machine, number) is None


def test_an_unknown_machine_has_no_filter() -> None:
    """It is said, so that the layer is not claimed."""
    with pytest.raises(OSError, match="riscv64"):
        call_filter.program("riscv64")
