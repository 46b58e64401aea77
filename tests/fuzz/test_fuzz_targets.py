"""All targets hold for the kept inputs, for their seeds, and for mutations of both."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.mutation import mutated
from tests.fuzz.targets import CORPUS, load, names
from tests.project import ROOT

_EXAMPLES = {"events": 200, "encodings": 200, "har": 100, "vcr": 100, "claude_trace": 100, "bare": 100, "shelf": 100}
_LARGEST = 4096


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_what_was_found_once_is_mended_and_the_seeds_hold(name: str) -> None:
    target = load(name)
    for data in [b"", *target.seeds(), *target.corpus()]:
        target.check(data)


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_no_input_breaks_a_target(name: str) -> None:
    target = load(name)

    @settings(max_examples=_EXAMPLES.get(name, 40), suppress_health_check=[HealthCheck.too_slow], database=None)
    @given(mutated(target))
    def holds(made: bytes) -> None:
        target.check(made)

    holds()


def test_the_corpus_is_small_and_belongs_to_targets() -> None:
    kept = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert {path.parent.name for path in kept} <= set(names())
    assert [path.name for path in kept if path.stat().st_size > _LARGEST] == []


_BROKEN = """
import sys
from tests.fuzz import child, targets
def one(data):
    if data[:1] == b"!":
        raise ValueError("found")
targets.load = lambda name: targets.Target(name, one, lambda: iter([b"!", b"a"]), 0)
sys.argv = ["child", "none", "20", sys.argv[1], "1", *sys.argv[2:]]
sys.exit(child.main())
"""


@pytest.mark.parametrize("engine", ["--unguided", ""], ids=["hypothesis", "atheris"])
def test_what_is_found_is_told_by_the_exit_code_and_kept_as_bytes(tmp_path: Path, engine: str) -> None:
    if not engine:
        pytest.importorskip("atheris", reason="atheris is not installed")
    done = subprocess.run(
        [sys.executable, "-c", _BROKEN, str(tmp_path), *filter(None, [engine])],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    (crash,) = tmp_path.glob("crash-*")
    assert (done.returncode != 0, crash.read_bytes()[:1]) == (True, b"!")
