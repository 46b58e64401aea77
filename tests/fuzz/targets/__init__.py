"""The targets: a module each, found by folder; each says what may be done to it and what must hold."""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

CORPUS = Path(__file__).parent.parent / "corpus"


class Target(NamedTuple):
    """What is fuzzed."""

    name: str
    one: Callable[[bytes], None]
    """Takes any bytes; raises if something does not hold."""
    seeds: Callable[[], Iterator[bytes]]
    """Inputs to begin with, invented when asked for: the same ones each time."""
    runs: int
    """So many inputs are tried where nobody says for how long: some nine seconds of a slow machine."""

    def corpus(self) -> list[bytes]:
        """The inputs that were kept, in the order of their names."""
        return [path.read_bytes() for path in sorted((CORPUS / self.name).glob("*"))]


def names() -> list[str]:
    """The targets' names, sorted."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def load(name: str) -> Target:
    """The target of a name."""
    module = import_module(f"{__name__}.{name}")
    return Target(name, module.one, module.seeds, module.RUNS)
