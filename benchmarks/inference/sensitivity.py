"""Sensitivity: detected and missed corruptions of held-back exchanges."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

from benchmarks.inference.corruption import Corruption, Training
from benchmarks.inference.kinds import KINDS
from wirelore.analysis.check import Finding, check
from wirelore.analysis.registry import registry
from wirelore.model.exchange import Exchange
from wirelore.schema.library import Library

PLACES = 200
"""The maximum number of corrupted places per kind."""

Spoilt = tuple[Exchange, Corruption]


@dataclass(frozen=True, slots=True)
class Trial:
    """Held-back exchanges, with the library and the census of the others."""

    held_back: list[Exchange]
    library: Library
    training: Training


@dataclass
class Outcome:
    """The results of one kind of corruption."""

    applied: int = 0
    caught: int = 0
    """Detected by a warning or an error at the right pointer."""
    errors: int = 0
    """Detected by an error at the right pointer."""
    missed: Counter[str] = field(default_factory=Counter)
    """Misses by place."""
    elsewhere: Counter[str] = field(default_factory=Counter)
    """Misses with a new warning or error at another pointer, by place."""

    def add(self, place: str, severities: set[str], other: bool) -> None:
        """Count a corruption with the severities of the findings at its marks."""
        self.applied += 1
        self.errors += "error" in severities
        if severities & {"warning", "error"}:
            self.caught += 1
        else:
            self.missed[place] += 1
            self.elsewhere[place] += other


def outcomes(trials: Iterable[Trial], kinds: Iterable[str] = KINDS) -> Mapping[str, Outcome]:
    """Apply each kind to places drawn from all trials, and check each with the library of its trial."""
    benches = [_Bench(trial) for trial in trials]
    found = {}
    for kind in kinds:
        chosen = _drawn([(bench, each) for bench in benches for each in bench.corruptions(kind)], Random(kind))
        outcome = found[kind] = Outcome()
        for bench, (exchange, corruption) in chosen:
            outcome.add(corruption.place, *bench.judged(exchange, corruption))
    return found


class _Bench:
    """A trial that computes the findings in unchanged exchanges only once."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._before: dict[tuple[str, str, frozenset[str]], frozenset[tuple[str, int | None, str]]] = {}

    def corruptions(self, kind: str) -> Iterator[Spoilt]:
        for exchange in self._trial.held_back:
            for corruption in KINDS[kind](exchange, self._trial.training):
                yield exchange, corruption

    def judged(self, exchange: Exchange, corruption: Corruption) -> tuple[set[str], bool]:
        """Return the severities of new findings at the marks, and True if another new warning or error exists."""
        analyzers = frozenset(mark.analyzer for mark in corruption.marks)
        before = self._findings(exchange, analyzers)
        new = [found for found in self._check(corruption.spoilt(), analyzers) if _key(found) not in before]
        marked = {(mark.analyzer, mark.item, mark.pointer) for mark in corruption.marks}
        at_marks = [found for found in new if (_analyzer(found), found.item, found.pointer) in marked]
        return {found.severity for found in at_marks}, any(found.severity != "note" for found in new)

    def _findings(self, exchange: Exchange, analyzers: frozenset[str]) -> frozenset[tuple[str, int | None, str]]:
        key = (exchange.capture, exchange.id, analyzers)
        if key not in self._before:
            self._before[key] = frozenset(map(_key, self._check(exchange, analyzers)))
        return self._before[key]

    def _check(self, exchange: Exchange, analyzers: frozenset[str]) -> Iterator[Finding]:
        return check([exchange], self._trial.library, [registry()[name] for name in sorted(analyzers)])


def drawn(trial: Trial, kind: str) -> list[Spoilt]:
    """Return the places of one kind that are corrupted in a trial."""
    bench = _Bench(trial)
    return [each for _, each in _drawn([(bench, each) for each in bench.corruptions(kind)], Random(kind))]


def _drawn(every: list[tuple[_Bench, Spoilt]], chance: Random) -> list[tuple[_Bench, Spoilt]]:
    """Draw at most PLACES at random, from each general place in turn, so that rare places are included."""
    by_place: dict[str, list[tuple[_Bench, Spoilt]]] = defaultdict(list)
    for one in every:
        by_place[one[1][1].place].append(one)
    for queue in by_place.values():
        chance.shuffle(queue)
    drawn: list[tuple[_Bench, Spoilt]] = []
    while by_place and len(drawn) < PLACES:
        places = sorted(by_place)
        chance.shuffle(places)
        for place in places[: PLACES - len(drawn)]:
            drawn.append(by_place[place].pop())
            if not by_place[place]:
                del by_place[place]
    return drawn


def _key(finding: Finding) -> tuple[str, int | None, str]:
    return (finding.rule, finding.item, finding.pointer)


def _analyzer(finding: Finding) -> str:
    return finding.rule.partition("/")[0]
