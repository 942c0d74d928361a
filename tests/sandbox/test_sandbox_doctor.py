"""The doctor breaks out where it can, and says what mends."""

import pytest

from grader.sandbox import doctor, mend
from grader.sandbox.doctor import ATTACKS, WHAT, diagnose


def test_every_layer_is_attacked_and_the_findings_agree_with_the_server() -> None:
    """Each layer is named once; one that is claimed here holds against its attack, which says what stopped it."""
    report = diagnose()
    assert [finding.layer for finding in report.findings] == list(ATTACKS) == list(WHAT)
    for finding in report.findings:
        assert finding.evidence
        assert finding.holds or not finding.mend.startswith("None")
    assert report.mode in {"confined", "partly-confined"}
    assert (report.broken == ()) == (report.mode == "confined")


def test_a_layer_that_does_not_hold_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A layer that is there and stops nothing is reported as not holding, with what the attack got."""
    monkeypatch.setattr(doctor, "ATTACKS", {"rlimits": "got = 'everything'"})
    report = diagnose()
    assert [(finding.holds, finding.evidence) for finding in report.findings] == [(False, "got everything")]


@pytest.mark.parametrize("layer", [layer for layer in ATTACKS if layer not in {"rlimits", "watcher"}])
def test_there_is_a_command_for_every_layer_a_machine_may_lack(layer: str) -> None:
    """Whatever is missing, the doctor knows what gives it."""
    assert mend.mend(layer, "not permitted")
