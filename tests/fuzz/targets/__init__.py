"""The fuzz targets, one per module of this folder."""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

CORPUS = Path(__file__).parent.parent / "corpus"


class Target(NamedTuple):
    """A fuzz target."""

    name: str
    check: Callable[[bytes], None]
    """Checks the target with any bytes; raises if a property does not hold."""
    seeds: Callable[[], Iterator[bytes]]
    """Yields the initial inputs, the same each time."""
    runs: int
    """The number of inputs without a time limit; about nine seconds on a slow machine."""

    def corpus(self) -> list[bytes]:
        """Return the kept inputs, in the order of their names."""
        return [path.read_bytes() for path in sorted((CORPUS / self.name).glob("*"))]


def names() -> list[str]:
    """Return the names of the targets, sorted."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def load(name: str) -> Target:
    """Load a target by name."""
    module = import_module(f"{__name__}.{name}")
    return Target(name, module.check, module.seeds, module.RUNS)
