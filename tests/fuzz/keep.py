"""Keeps what a long run found worth trying: python -m tests.fuzz.keep [TARGET...], by hand, before a commit.

Runs of more than a minute leave what they grew in build/fuzz/<target>/corpus. Of its small inputs, those go to
tests/fuzz/corpus/<target>/ that run lines which no seed, no kept input and no smaller one runs.
"""

import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from types import FrameType
from typing import Any

from tests.fuzz.targets import CORPUS, load, names
from tests.project import ROOT

_MOST, _LARGEST = 24, 600
"""Files for each target, and bytes of each."""
_OURS = (f"{ROOT}/wirelore/", f"{ROOT}/analyzers/")


def lines_of(one: Callable[[bytes], None], data: bytes) -> set[tuple[str, int]]:
    """The lines of the project that a target runs for an input."""
    seen: set[tuple[str, int]] = set()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(_OURS):
            return None
        seen.add((frame.f_code.co_filename, frame.f_lineno))
        return trace

    sys.settrace(trace)
    try:
        one(data)
    finally:
        sys.settrace(None)
    return seen


def keep(name: str) -> int:
    """Copies the best inputs of a target, and returns how many there are now."""
    target = load(name)
    known: set[tuple[str, int]] = set()
    for data in (*target.seeds(), *target.corpus()):
        known |= lines_of(target.one, data)
    units = [path.read_bytes() for path in (ROOT / "build" / "fuzz" / name / "corpus").glob("*")]
    for unit in sorted((unit for unit in units if len(unit) <= _LARGEST), key=len):
        lines = lines_of(target.one, unit)
        if lines <= known or len(target.corpus()) >= _MOST:
            continue
        known |= lines
        place = CORPUS / name / sha256(unit).hexdigest()[:16]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(unit)
    return len(target.corpus())


def main(arguments: Sequence[str]) -> None:
    """Keeps inputs of the named targets, or of all."""
    for name in arguments or names():
        print(f"{name}: {keep(name)} inputs")


if __name__ == "__main__":
    main(sys.argv[1:])
