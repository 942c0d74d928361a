"""What is prepared before the first cell, on modules that are imported sooner or later."""

import sys

import pytest

from grader.inside.prepare import after_import


def test_a_module_that_is_there_is_prepared_at_once() -> None:
    """No finder is left behind."""
    seen: list[object] = []
    before = list(sys.meta_path)
    after_import("sys", seen.append)
    assert seen == [sys]
    assert sys.meta_path == before


def test_a_module_is_prepared_when_it_is_imported() -> None:
    """The module arrives whole, once, as the usual import gives it, and the finder is gone."""
    seen: list[object] = []
    sys.modules.pop("colorsys", None)
    before = list(sys.meta_path)
    after_import("colorsys", lambda module: seen.append(module.rgb_to_hsv))
    # Imported here: the import is what is tested.
    import colorsys  # noqa: PLC0415

    assert seen == [colorsys.rgb_to_hsv]
    assert colorsys.__spec__ is not None
    assert colorsys.__spec__.origin is not None
    assert colorsys.__spec__.origin.endswith("colorsys.py")
    assert sys.meta_path == before


def test_a_module_that_is_not_there_fails_as_always() -> None:
    """Preparing for it changes nothing."""
    after_import("no_such_module_anywhere", lambda _: None)
    with pytest.raises(ModuleNotFoundError, match="no_such_module_anywhere"):
        import no_such_module_anywhere  # type: ignore[import-not-found]  # noqa: F401, PLC0415 - as above
