"""The same attacks against every way in which this machine, or a poorer one, can confine a kernel."""

import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import ordinary_user
import pytest
import sandbox_attacks
import sandbox_lab

from grader.limits import Limits
from grader.sandbox.layers import Confinement

WITHOUT_ADMIN = ("setpriv", "--bounding-set=-sys_admin", "--inh-caps=-all")
WITHOUT_CAPABILITIES = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
MASKED = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /proc/acpi && exec "$0" "$@"')

FALLBACK = Confinement.only("landlock", "seccomp", "rlimits", "watcher")

WAYS: dict[str, tuple[tuple[str, ...], bool, Confinement]] = {
    "as whoever runs the tests": ((), False, Confinement()),
    "by Landlock and the filter alone": ((), False, FALLBACK),
    "by programs of their own": ((), False, Confinement().without("fork")),
    "as root without the right to mount": (WITHOUT_ADMIN, False, Confinement()),
    "as root without any right": (WITHOUT_CAPABILITIES, False, Confinement()),
    "as an ordinary user": ((), True, Confinement()),
    "as an ordinary user without user namespaces": ((), True, FALLBACK),
    "as an ordinary user where /proc is masked": (MASKED, True, Confinement()),
}
"""The command's surroundings, whether an ordinary user runs it, and what is asked for."""

NEEDED = (Path(sys.executable), Path(sys.executable).resolve(), Path(os.__file__), Path(sandbox_lab.__file__).resolve())


@functools.cache
def experiment(way: str) -> dict[str, Any]:
    """Do the whole experiment in one of the ways, in a process of its own; once for all tests."""
    prefix, ordinary, confinement = WAYS[way]
    if prefix or ordinary:
        if os.getuid() != 0:
            pytest.skip("only root can become another user, or give up rights")
        if missing := [tool for tool in ("setpriv", "unshare") if shutil.which(tool) is None]:
            pytest.skip(f"this machine has no {missing[0]}")
    if ordinary:
        become = ordinary_user.prefix(NEEDED)
        if become is None:
            pytest.skip(f"another user cannot reach {sys.executable}, and no mount namespace can be had here")
        prefix += become
    wanted = {"confinement": confinement.to_json(), "attacks": sandbox_attacks.EVERYTHING}
    done = subprocess.run(
        [*prefix, sys.executable, "-P", sandbox_lab.__file__, json.dumps(wanted)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": "/tmp", "XDG_CACHE_HOME": f"/tmp/lab-cache-{way.replace('/', '-')}"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize("way", WAYS)
def test_every_attack_is_stopped(way: str) -> None:
    """No attack gets anything, in any way of confining a kernel."""
    outcomes = experiment(way)["outcomes"]
    assert set(outcomes) == set(sandbox_attacks.EVERYTHING)
    assert {name: outcome["got"] for name, outcome in outcomes.items() if outcome["got"] is not None} == {}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_outside_is_harmed(way: str) -> None:
    """The victim lives, the secret is as it was, no listener was reached."""
    assert experiment(way)["harm"] == []


@pytest.mark.parametrize("way", WAYS)
def test_nothing_outlives_the_kernel(way: str) -> None:
    """Daemons that left their session and their parents end with the kernel."""
    result = experiment(way)
    assert result["daemons"] == 3
    assert result["left"] == []


@pytest.mark.parametrize("way", WAYS)
def test_all_four_promises_are_kept(way: str) -> None:
    """Each way isolates network, files, processes and memory, and says so."""
    assert experiment(way)["mode"] == "confined", experiment(way)["missing"]


def test_the_attacks_work_where_nothing_confines() -> None:
    """The attacks are real: without confinement the essential ones succeed and do harm."""
    chosen = ("read the secret by its path", "write beside the secret", "connect to a local service", "kill the victim")
    attacks = {name: sandbox_attacks.EVERYTHING[name] for name in chosen}
    result = sandbox_lab.experiment(Confinement.nothing(), attacks, Limits())
    assert result["mode"] == "unconfined"
    assert all(outcome["got"] is not None for outcome in result["outcomes"].values()), result["outcomes"]
    assert set(result["harm"]) == {
        "the victim was killed",
        "a file was made beside the secret",
        "a listener was reached",
    }


@pytest.mark.parametrize("way", ["as an ordinary user where /proc is masked"])
def test_a_layer_that_is_not_there_is_not_claimed(way: str) -> None:
    """Where /proc cannot be mounted anew, no process layer is claimed, and the reason is given."""
    result = experiment(way)
    assert "processes" not in result["layers"]
    assert any(line.startswith("processes: /proc cannot be mounted") for line in result["missing"])
