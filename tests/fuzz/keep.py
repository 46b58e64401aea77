"""Keep useful inputs of a long run: python -m tests.fuzz.keep [TARGET...], run by hand before a commit.

Runs of more than a minute leave a corpus in build/fuzz/<target>/corpus. Its small inputs that execute new lines,
compared with the seeds, the kept inputs and smaller inputs, are copied to tests/fuzz/corpus/<target>/.
"""

import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from types import FrameType
from typing import Any

from tests.fuzz.targets import CORPUS, load, names
from tests.project import ROOT

_MOST, _LARGEST = 24, 600
"""The maximum number of files per target, and of bytes per file."""
_OURS = (f"{ROOT}/wirelore/", f"{ROOT}/analyzers/")


def lines_of(check: Callable[[bytes], None], data: bytes) -> set[tuple[str, int]]:
    """Return the lines of the project that a target executes for an input."""
    seen: set[tuple[str, int]] = set()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(_OURS):
            return None
        seen.add((frame.f_code.co_filename, frame.f_lineno))
        return trace

    sys.settrace(trace)
    try:
        check(data)
    finally:
        sys.settrace(None)
    return seen


def keep(name: str) -> int:
    """Copy the best inputs of a target, and return the number of kept inputs."""
    target = load(name)
    known: set[tuple[str, int]] = set()
    for data in (*target.seeds(), *target.corpus()):
        known |= lines_of(target.check, data)
    units = [path.read_bytes() for path in (ROOT / "build" / "fuzz" / name / "corpus").glob("*")]
    for unit in sorted((unit for unit in units if len(unit) <= _LARGEST), key=len):
        lines = lines_of(target.check, unit)
        if lines <= known or len(target.corpus()) >= _MOST:
            continue
        known |= lines
        place = CORPUS / name / sha256(unit).hexdigest()[:16]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(unit)
    return len(target.corpus())


def main(arguments: Sequence[str]) -> None:
    """Keep inputs of the named targets, or of all."""
    for name in arguments or names():
        print(f"{name}: {keep(name)} inputs")


if __name__ == "__main__":
    main(sys.argv[1:])
