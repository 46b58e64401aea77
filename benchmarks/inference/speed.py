"""Time and memory of learning, at a hundred, a thousand and ten thousand exchanges."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from benchmarks.inference import rivals
from benchmarks.inference.comparison import EVENTS
from benchmarks.inference.groups import Grouped, grouped
from benchmarks.inference.growth import grown
from benchmarks.inference.peers import Installed
from benchmarks.inference.process import Run, run
from benchmarks.inference.rivals import Inputs, Made
from benchmarks.inference.study import Study
from benchmarks.inference.tables import table
from benchmarks.inference.teaching import observed
from wirelore.formats.importing import import_recordings
from wirelore.model.exchange import Exchange
from wirelore.redaction.redactor import Redactor

SIZES = (100, 1_000, 10_000)
_KEY = bytes(32)
_REPEATS = 3
"""The number of runs of the two learners that are compared by speed; the best counts."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The time and memory of a run."""

    seconds: float
    peak_mb: float
    problem: str = ""

    def __str__(self) -> str:
        spent = f"{self.seconds:.2f} s" if self.seconds >= 1 else f"{1000 * self.seconds:.0f} ms"
        return self.problem or f"{spent}, {self.peak_mb:,.0f} MB"


def page(study: Study, at: Installed) -> Iterator[str]:
    """Yield the two tables of time and memory."""
    inference: dict[str, list[Cost]] = {}
    commands: dict[str, list[Cost]] = {}
    for size in SIZES:
        print(f"table 4: {size} exchanges", file=sys.stderr)
        chosen = list(grown(_mixed(study), size))
        every = list(grouped(observed(chosen)))
        given = rivals.inputs(chosen, every, study.folder / f"size-{size}", arrays=True)
        for name, cost in _inferred(every, at, given):
            inference.setdefault(name, []).append(cost)
        for name, cost in _commanded(at, given):
            commands.setdefault(name, []).append(cost)
    head = ["", *(f"{size:,} exchanges" for size in SIZES)]
    yield "Inference alone, from the same parsed documents (bodies of both sides and of errors; data of events):\n"
    yield table([*head, "growth from 1,000 to 10,000"], [[n, *c, _growth(c)] for n, c in inference.items()])
    yield _ratios(inference)
    yield "The whole command; Wirelore reads a capture, quicktype the documents, the others a HAR:\n"
    yield table([*head, "growth from 1,000 to 10,000"], [[n, *c, _growth(c)] for n, c in commands.items()])


def _mixed(study: Study) -> list[Exchange]:
    """Return the exchanges of all repositories in turn, so that the first hundred include all kinds."""
    queues = [list(exchanges) for exchanges in study.corpus.values()]
    longest = max(map(len, queues))
    return [queue[index] for index in range(longest) for queue in queues if index < len(queue)]


def _inferred(every: Sequence[Grouped], at: Installed, given: Inputs) -> Iterator[tuple[str, Cost]]:
    for what, is_event in (("bodies", False), ("events", True)):
        chosen = [each for each in every if (each.lesson.analyzer == EVENTS) is is_event]
        ours, theirs = given.folder / f"{what}-observed.jsonl", given.folder / f"{what}.jsonl"
        _write_observations(chosen, ours)
        rivals.write_lines(chosen, theirs)
        schemas = [given.folder / f"{what}-schemas-{number}" for number in range(_REPEATS)]
        yield f"Wirelore, {what}", _best([partial(_worker, "documents", ours, each) for each in schemas])
        if at.python:
            work = partial(_first, rivals.genson, at, replace(given, lines=theirs))
            yield f"GenSON, {what}", _best([work] * _REPEATS)


def _commanded(at: Installed, given: Inputs) -> Iterator[tuple[str, Cost]]:
    import_recordings([given.archive], given.folder / "capture", Redactor(_KEY))
    yield "Wirelore `learn`", _cost(_worker("capture", given.folder / "capture", given.folder / "learned"))
    for name, work in rivals.PYPI.items():
        if at.python and work is not rivals.genson:
            yield name, _whole(work(at, given))
    for name, work in rivals.NPM.items():
        if at.node:
            yield name, _whole(work(at, given))


def _first(work: Callable[[Installed, Inputs], Made], at: Installed, given: Inputs) -> Run:
    """Run a tool that has a single command."""
    return work(at, given).runs[0]


def _write_observations(every: Sequence[Grouped], path: Path) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for each in every:
            lesson = each.lesson
            stream.write(json.dumps([lesson.analyzer, lesson.observation, lesson.client]) + "\n")


def _worker(what: str, source: Path, schemas: Path) -> Run:
    return run([sys.executable, "-m", "benchmarks.inference.wirelore_worker", what, str(source), str(schemas)])


def _cost(done: Run) -> Cost:
    """Return the seconds that a worker printed, and the peak memory of its process."""
    return Cost(0, 0, done.problem) if done.problem else Cost(float(done.said), done.peak_mb)


def _whole(made: Made) -> Cost:
    return Cost(made.seconds, made.peak_mb, made.problem)


def _best(works: Sequence[partial[Run]]) -> Cost:
    return min((_cost(work()) for work in works), key=lambda cost: (bool(cost.problem), cost.seconds))


def _growth(costs: Sequence[Cost]) -> str:
    *_, before, last = costs
    if before.problem or last.problem:
        return "-"
    return f"{last.seconds / before.seconds:.1f} x the time, {last.peak_mb / before.peak_mb:.1f} x the memory"


def _ratios(inference: dict[str, list[Cost]]) -> str:
    ratios = []
    for what in ("bodies", "events"):
        pairs = zip(inference[f"Wirelore, {what}"], inference.get(f"GenSON, {what}", ()), strict=False)
        times = [f"{his.seconds / ours.seconds:.1f}" for ours, his in pairs if not (ours.problem or his.problem)]
        ratios.append(f"of {what} {', '.join(times) or 'not measured'}")
    return f"GenSON's time by Wirelore's: {'; '.join(ratios)}.\n"
