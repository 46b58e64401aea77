"""The study: the corpus with its observations, and libraries learned from parts of it, each only once."""

from collections.abc import Callable, Iterable
from functools import cached_property, partial
from pathlib import Path

from benchmarks.inference.census import Census
from benchmarks.inference.corpus import Corpus, is_held_back
from benchmarks.inference.corruption import Training
from benchmarks.inference.heads import Heads
from benchmarks.inference.sensitivity import Trial
from benchmarks.inference.teaching import Observed, observed, taught
from wirelore.model.exchange import Exchange
from wirelore.schema.library import Library


class Study:
    """The input of the tables."""

    def __init__(self, corpus: Corpus, folder: Path) -> None:
        """Create the study; libraries are learned in `folder`, which may contain other files."""
        self.corpus, self.folder = corpus, folder
        self._libraries: dict[str, Library] = {}

    @cached_property
    def lessons(self) -> dict[str, list[Observed]]:
        """The observations by repository."""
        return {name: list(observed(exchanges)) for name, exchanges in self.corpus.items()}

    @cached_property
    def exchanges(self) -> list[Exchange]:
        """All exchanges."""
        return [each for exchanges in self.corpus.values() for each in exchanges]

    def library(self, name: str, is_taught: Callable[[Exchange], bool]) -> Library:
        """Return the library with a name, learned from the selected exchanges."""
        if name not in self._libraries:
            lessons = (each for part in self.lessons.values() for each in part if is_taught(each.exchange))
            self._libraries[name] = taught(self.folder / "schemas" / name, lessons)
        return self._libraries[name]

    def everything(self) -> Library:
        """Return the library learned from all exchanges."""
        return self.library("all", lambda _: True)

    def alone(self, repository: str) -> Library:
        """Return the library learned from one repository."""
        return self.library(f"alone-{repository}", partial(_is_of, repository))

    def without(self, repository: str) -> Library:
        """Return the library learned from all other repositories."""
        return self.library(f"without-{repository}", lambda each: each.capture != repository)

    def census(self, is_counted: Callable[[Exchange], bool]) -> Census:
        """Return the census of the selected exchanges."""
        return Census(each for part in self.lessons.values() for each in part if is_counted(each.exchange))

    @cached_property
    def held_back(self) -> Trial:
        """Return a trial with a fifth of each repository held back."""
        library = self.library("four-fifths", lambda each: not is_held_back(each))
        return Trial(list(filter(is_held_back, self.exchanges)), library, self._training(is_held_back))

    def census_without(self, repository: str) -> Census:
        """Return the census of all other repositories."""
        return self.census(lambda each: each.capture != repository)

    def each_left_out(self) -> list[Trial]:
        """Return a trial for each repository, with that repository held back."""
        return [
            Trial(exchanges, self.without(name), self._training(partial(_is_of, name)))
            for name, exchanges in self.corpus.items()
        ]

    def _training(self, is_held: Callable[[Exchange], bool]) -> Training:
        kept: Iterable[Exchange] = [each for each in self.exchanges if not is_held(each)]
        return Training(self.census(lambda each: not is_held(each)), Heads(kept))


def _is_of(repository: str, exchange: Exchange) -> bool:
    return exchange.capture == repository
