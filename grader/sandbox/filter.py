"""The filter of system calls: a program in the kernel's own little language, assembled here. Standard library only.

It refuses what a notebook never needs and an attacker does: other processes' memory, mounts, namespaces, keys, memory
that no limit counts, and every road out of the machine. Refused calls fail with EPERM or EACCES, as an ordinary lack of
rights would, so that libraries go on. ``clone3`` says ENOSYS, because its flags lie in memory that a filter cannot
read; the C library then uses ``clone``, whose flags are checked.
"""

import errno
import socket
from collections.abc import Iterable

from grader.sandbox import syscalls

Instruction = tuple[int, int, int, int]

_LOAD, _JUMP_EQUAL, _JUMP_SET, _JUMP_AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x54, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000

# name: (x86_64, aarch64); None where the machine has no such call.
REFUSED: dict[str, tuple[int | None, int | None]] = {
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "ioprio_set": (251, 30),
    # the kernel's own machinery
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "personality": (135, 92),
    "syslog": (103, 116),
    "lookup_dcookie": (212, 18),
    "fanotify_init": (300, 262),
    "uselib": (134, None),
    # the machine
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "acct": (163, 89),
    "vhangup": (153, 58),
    # mounts and namespaces
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "unshare": (272, 97),
    "setns": (308, 268),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # memory that no limit on private memory counts
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    # the road out
    "connect": (42, 203),
}

OUTWARD_SIGNALS: dict[str, tuple[int | None, int | None]] = {
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
}
"""Refused too where neither a process namespace nor Landlock keeps signals in."""

SCHEDULING: dict[str, tuple[int | None, int | None]] = {
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
}
"""Without effect there, since libraries set their own threads' scheduling by number and must go on."""

METADATA: dict[str, tuple[int | None, int | None]] = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}
"""Without effect where there is no root of its own: Landlock does not govern the owner, mode and times of a file.

They claim success, since libraries copy a file's mode along with the file and must go on.
"""

_CLONE, _CLONE3 = (56, 220), (435, 435)
_KILL, _TGKILL = (62, 129), (234, 131)
_SOCKET, _SOCKETPAIR = (41, 198), (53, 199)
_MMAP, _IOCTL, _PRLIMIT, _SETPRIORITY = (9, 222), (16, 29), (302, 261), (141, 140)
_NEW_NAMESPACES = 0x7E020000
_SHARED_ANONYMOUS = 0x21
_REFUSED_CONTROLS = (0x5412, 0x541C, 0x40086602, 0x401C5820)
"""``ioctl`` requests: TIOCSTI and TIOCLINUX type into a terminal, FS_IOC_SETFLAGS and FS_IOC_FSSETXATTR mark files."""
_SOCKET_TYPE = 0xF
_STREAM, _SEQPACKET = 1, 5


def _answer(number: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | number)


def _argument(index: int, *, high: bool = False) -> Instruction:
    """Load one half of an argument (both machines are little-endian)."""
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * index + (4 if high else 0))


def _when(number: int | None, body: list[Instruction]) -> list[Instruction]:
    """Run ``body`` for one system call. A body ends in an answer, or runs out; the number is then loaded again."""
    if number is None:
        return []
    return [(_JUMP_EQUAL, 0, len(body) + 1, number), *body, (_LOAD, 0, 0, _NUMBER)]


def program(machine: str, own_pid: int | None = None, *, own_root: bool = True) -> list[Instruction]:
    """Assemble the filter.

    With ``own_pid``, signals to any other process are refused as well; without ``own_root``, changes of owner, mode and
    times of files have no effect.

    Raises:
        OSError: no table of system calls is known for ``machine``.

    """
    if machine not in _AUDIT:
        raise OSError(f"no filter of system calls is known for {machine}")
    column = 0 if machine == "x86_64" else 1
    refuse = _answer(errno.EPERM)
    deny = _answer(errno.EACCES)
    refused: Iterable[tuple[int | None, int | None]] = REFUSED.values()
    if own_pid is not None:
        refused = [*refused, *OUTWARD_SIGNALS.values()]
    code: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, _AUDIT[machine]),
        refuse,
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        code += [(_JUMP_AT_LEAST, 0, 1, _X32), refuse]
    for numbers in refused:
        if (number := numbers[column]) is not None:
            code += [(_JUMP_EQUAL, 0, 1, number), refuse]
    silent = [*(() if own_root else METADATA.values()), *(() if own_pid is None else SCHEDULING.values())]
    for numbers in silent:
        code += _when(numbers[column], [_answer(0)])
    code += _when(_CLONE3[column], [_answer(errno.ENOSYS)])
    code += _when(_CLONE[column], [_argument(0), (_JUMP_SET, 0, 1, _NEW_NAMESPACES), refuse])
    for numbers in (_SOCKET, _SOCKETPAIR):
        code += _when(numbers[column], _unix_only(deny))
    shared = [_argument(3), (_AND, 0, 0, _SHARED_ANONYMOUS), (_JUMP_EQUAL, 0, 1, _SHARED_ANONYMOUS), refuse]
    code += _when(_MMAP[column], shared)
    controls = [one for request in _REFUSED_CONTROLS for one in ((_JUMP_EQUAL, 0, 1, request), refuse)]
    code += _when(_IOCTL[column], [_argument(1), *controls])
    code += _when(_PRLIMIT[column], [_argument(0), (_JUMP_EQUAL, 1, 0, 0), refuse])
    code += _when(_SETPRIORITY[column], [_argument(1), (_JUMP_EQUAL, 1, 0, 0), refuse])
    if own_pid is not None:
        for numbers in (_KILL, _TGKILL):
            code += _when(numbers[column], [_argument(0), (_JUMP_EQUAL, 1, 0, own_pid), refuse])
    return [*code, (_RETURN, 0, 0, _ALLOW)]


def _unix_only(deny: Instruction) -> list[Instruction]:
    """Refuse a socket that is not a Unix one, and one that can send to a path without being connected."""
    return [
        _argument(0),
        (_JUMP_EQUAL, 1, 0, int(socket.AF_UNIX)),
        deny,
        _argument(1),
        (_AND, 0, 0, _SOCKET_TYPE),
        (_JUMP_EQUAL, 2, 0, _STREAM),
        (_JUMP_EQUAL, 1, 0, _SEQPACKET),
        deny,
    ]


def install(own_pid: int | None = None, *, own_root: bool = True) -> None:
    """Put this process and all it starts under the filter. Raises OSError where the machine refuses."""
    syscalls.install_filter(program(syscalls.MACHINE, own_pid, own_root=own_root))
