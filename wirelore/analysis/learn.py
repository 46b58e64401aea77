"""Learning from captures: every observation of every analyzer is given to the learner of a schemas folder."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path

from wirelore.analysis.contract import Analyzer, Observe, observations
from wirelore.analysis.registry import add_folder, added_folders, registry
from wirelore.analysis.witness import origin, product
from wirelore.learning.learner import Learned, Learner
from wirelore.model.exchange import Exchange
from wirelore.schema import routing
from wirelore.schema.library import copy_added
from wirelore.store.writer import Capture, Unreadable


@dataclass(frozen=True)
class _Task:
    """A part of the work: every `parts`-th exchange of the captures, beginning with number `part`."""

    captures: tuple[Capture, ...]
    folder: Path
    hosts: frozenset[str]
    only: tuple[str, ...]
    part: int = 0
    parts: int = 1
    analyzers: tuple[Path, ...] = field(default_factory=added_folders)
    """The folders of analyzers that the process which shares the work is to know, too."""


@dataclass
class _Result:
    learned: Learned
    seen: set[tuple[str, str, str]] = field(default_factory=set)
    """Method, path template and host of each request."""
    problems: list[Unreadable] = field(default_factory=list)


def learn(
    captures: Iterable[Capture],
    folder: Path,
    *,
    hosts: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    problems: list[str] | None = None,
    jobs: int = 1,
) -> list[str]:
    """Widens the schemas of a folder so that the captures pass, and returns what changed, a line each, sorted.

    `hosts` restricts learning to exchanges with these hosts, `only` to these analyzers: what a stand-in answered, for
    example, says nothing of the service. Parts that cannot be read are added to `problems`. `jobs` processes share the
    work; how many makes no difference to the result.
    """
    registry()
    copy_added(folder)
    whole = _Task(tuple(captures), folder, frozenset(hosts), only)
    learner = Learner(folder)
    seen: set[tuple[str, str, str]] = set()
    for result in _results(whole, jobs):
        if result.problems and problems is None:
            raise result.problems[0]
        if problems is not None:
            problems += [str(fault) for fault in result.problems]
        learner.take_over(result.learned)
        seen |= result.seen
    changes = [str(change) for change in learner.write()]
    routed = routing.accept(folder, seen) if "operations" in only or not only else []
    return sorted([*changes, *routed])


def _results(whole: _Task, jobs: int) -> Iterator[_Result]:
    if jobs <= 1:
        yield _run(whole)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        yield from pool.map(_run, [replace(whole, part=part, parts=jobs) for part in range(jobs)])


def _run(task: _Task) -> _Result:
    """Learns a part of the captures; what spans exchanges sees them all, in the first part."""
    for folder in task.analyzers:
        add_folder(folder)
    learner = Learner(task.folder)
    result = _Result({})
    for capture in task.captures:
        bench = [(one, one.start()) for one in registry().values() if one.id in task.only or not task.only]
        problems: list[Unreadable] = []
        for number, exchange in enumerate(capture.exchanges(problems.append)):
            if task.hosts and exchange.request.host not in task.hosts:
                continue
            mine = number % task.parts == task.part
            if mine and "request" not in exchange.absent:
                method, _, template = exchange.operation.partition(" ")
                result.seen.add((method, template, exchange.request.host))
            chosen = [(one, observe) for one, observe in bench if (task.part == 0 if one.spans else mine)]
            _take(learner, chosen, exchange)
        result.problems += problems if task.part == 0 else []
    result.learned = learner.learned()
    return result


def _take(learner: Learner, bench: list[tuple[Analyzer, Observe]], exchange: Exchange) -> None:
    if not bench:
        return
    client, made_from = product(exchange), origin(exchange)
    for one, observe in bench:
        for _, observation in observations(observe, exchange):
            learner.take(one.id, observation, client, made_from)
