"""`import wirelore`: its names, each loaded when it is first used."""

import subprocess
import sys

import pytest

import wirelore
from tests.project import ROOT, settings


def test_every_name_exists_and_is_listed_once_in_order() -> None:
    assert sorted(set(wirelore.__all__)) == sorted(wirelore.__all__)
    assert dir(wirelore) == sorted(wirelore.__all__)
    assert [name for name in wirelore.__all__ if getattr(wirelore, name, None) is None] == []


def test_an_unknown_name_is_an_attribute_error_that_lists_the_names() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'opn'; expected one of .*open"):
        wirelore.opn  # type: ignore[attr-defined]  # noqa: B018 - that is the test


def test_a_star_import_gives_every_name() -> None:
    names: dict[str, object] = {}
    exec("from wirelore import *", names)
    assert set(wirelore.__all__) <= set(names)


def test_the_version_is_that_of_the_project() -> None:
    assert wirelore.__version__ == settings()["project"]["version"]


def test_a_name_loads_what_it_needs_and_no_more() -> None:
    code = (
        "import sys, wirelore; wirelore.sse.Decoder; print(*sorted(name for name in sys.modules if 'wirelore' in name))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {
        "wirelore",
        "wirelore.model",
        "wirelore.model.arrivals",
        "wirelore.model.codec",
        "wirelore.model.sse",
        "wirelore.model.version",
    }
