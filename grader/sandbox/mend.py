"""The command that mends a layer of confinement that this machine lacks."""

import os
from pathlib import Path

_CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")
_NAMESPACES = frozenset({"user", "mounts", "processes", "network", "ipc", "names"})


def mend(layer: str, reason: str) -> str:
    """Return the command, or the setting, that gives this machine the layer; "" where there is none to give."""
    if layer == "processes" and "/proc" in reason:
        return "docker run --security-opt systempaths=unconfined … (the container masks parts of /proc)"
    if layer in _NAMESPACES:
        return _namespaces()
    remedies = {"landlock": _landlock, "cgroup": _cgroup, "seccomp": _seccomp}
    return remedies[layer]() if layer in remedies else ""


def _landlock() -> str:
    lsm = _read("/sys/kernel/security/lsm") or "lockdown,yama,apparmor"
    return (
        f"boot a Linux kernel from 5.13 on with the parameter lsm=landlock,{lsm} (GRUB_CMDLINE_LINUX, then update-grub)"
    )


def _cgroup() -> str:
    if os.getuid() == 0:
        return "mount the memory controller writable (docker run --cgroupns=host -v /sys/fs/cgroup:/sys/fs/cgroup:rw …)"
    return "systemd-run --user --scope --property=Delegate=yes grade …"


def _seccomp() -> str:
    return "boot a Linux kernel built with CONFIG_SECCOMP_FILTER, on x86_64 or aarch64"


def _namespaces() -> str:
    """Return what allows user namespaces: the first switch that forbids them here."""
    switches = {
        "/proc/sys/kernel/unprivileged_userns_clone": ("0", "sudo sysctl -w kernel.unprivileged_userns_clone=1"),
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": (
            "1",
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        "/proc/sys/user/max_user_namespaces": ("0", "sudo sysctl -w user.max_user_namespaces=15000"),
    }
    for path, (forbidding, command) in switches.items():
        if _read(path) == forbidding:
            return command
    if any(Path(mark).exists() for mark in _CONTAINER_MARKS):
        return "docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined …"
    return "sudo sysctl -w user.max_user_namespaces=15000, and allow unshare in the seccomp profile around this process"


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""
