"""Learning from captures: the observations of analyzers widen the schemas of a folder."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path

from wirelore.analysis.contract import Analyzer, Observe
from wirelore.analysis.lessons import is_answered_by_stand_in, lessons
from wirelore.analysis.registry import add_folder, added_folders, registry
from wirelore.analysis.witness import origin, product
from wirelore.learning.learner import Learned, Learner
from wirelore.model.exchange import Exchange
from wirelore.model.wording import quantity
from wirelore.schema import routing
from wirelore.schema.library import copy_added
from wirelore.store.writer import Capture, Unreadable

_SHOWN = 8
"""Operations that a remark names."""


@dataclass(frozen=True)
class _Task:
    """A part of the work: every `parts`-th exchange of the captures, starting at index `part`."""

    captures: tuple[Capture, ...]
    folder: Path
    hosts: frozenset[str]
    only: tuple[str, ...]
    stand_in: bool = False
    part: int = 0
    parts: int = 1
    analyzers: tuple[Path, ...] = field(default_factory=added_folders)
    """The folders of analyzers that the worker process loads."""


@dataclass
class _Result:
    learned: Learned
    routes: set[tuple[str, str, str]] = field(default_factory=set)
    """Method, path template and host of each route that a service answered."""
    skipped: int = 0
    """Exchanges whose responses were skipped because a stand-in sent them."""
    unentered: set[str] = field(default_factory=set)
    """Operations missing from the route table that only a stand-in answered."""
    problems: list[Unreadable] = field(default_factory=list)


def learn(
    captures: Iterable[Capture],
    folder: Path,
    *,
    hosts: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    stand_in: bool = False,
    problems: list[str] | None = None,
    remarks: list[str] | None = None,
    jobs: int = 1,
) -> list[str]:
    """Widen the schemas of a folder so that the captures pass, and return the changes as sorted lines.

    `hosts` restricts learning to exchanges with these hosts, `only` to these analyzers. The responses of a stand-in,
    and routes that only a stand-in answered, are learned only if `stand_in` is true; otherwise `remarks` receives a
    sentence about each kind of skipped content. Messages about unreadable parts are added to `problems`; without it,
    the first one is raised as Unreadable. `jobs` processes share the work; their number does not change the result.
    """
    registry()
    copy_added(folder)
    task = _Task(tuple(captures), folder, frozenset(hosts), only, stand_in)
    learner = Learner(folder)
    routes: set[tuple[str, str, str]] = set()
    skipped, unentered = 0, set[str]()
    for result in _results(task, jobs):
        if result.problems and problems is None:
            raise result.problems[0]
        if problems is not None:
            problems += [str(fault) for fault in result.problems]
        learner.merge(result.learned)
        routes |= result.routes
        skipped += result.skipped
        unentered |= result.unentered
    changes = [str(change) for change in learner.write()]
    routed = routing.accept(folder, routes)
    if remarks is not None:
        remarks += _remarks(skipped, unentered - {f"{method} {template}" for method, template, _ in routes})
    return sorted([*changes, *routed])


def _remarks(skipped: int, unentered: set[str]) -> Iterator[str]:
    if skipped:
        responses = quantity(skipped, "response")
        yield f"not learned: {responses} of a stand-in instead of the service; --include-stand-in includes them"
    if unentered:
        names = sorted(unentered)
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        yield f"not entered in the route table, because only a stand-in answered: {', '.join(names[:_SHOWN])}{more}"


def _results(task: _Task, jobs: int) -> Iterator[_Result]:
    if jobs <= 1:
        yield _run(task)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        yield from pool.map(_run, [replace(task, part=part, parts=jobs) for part in range(jobs)])


def _run(task: _Task) -> _Result:
    """Learn from a part of the captures. Analyzers that span exchanges receive all of them, in the first part."""
    for folder in task.analyzers:
        add_folder(folder)
    learner = Learner(task.folder)
    result = _Result({})
    for capture in task.captures:
        observers = [
            (analyzer, analyzer.start())
            for analyzer in registry().values()
            if analyzer.id in task.only or not task.only
        ]
        problems: list[Unreadable] = []
        for number, exchange in enumerate(capture.exchanges(problems.append)):
            if task.hosts and exchange.request.host not in task.hosts:
                continue
            is_own = number % task.parts == task.part
            if is_own and not task.stand_in and is_answered_by_stand_in(exchange):
                _count_skipped(result, [analyzer for analyzer, _ in observers], exchange)
            chosen = [
                (analyzer, observe) for analyzer, observe in observers if (task.part == 0 if analyzer.spans else is_own)
            ]
            _learn_exchange(learner, result, chosen, exchange, stand_in=task.stand_in)
        result.problems += problems if task.part == 0 else []
    result.learned = learner.learned()
    return result


def _count_skipped(result: _Result, chosen: Iterable[Analyzer], exchange: Exchange) -> None:
    """Count the response and the route of an exchange that a stand-in answered, if these analyzers use them."""
    if exchange.response is not None and any(analyzer.about == "response" or analyzer.answer for analyzer in chosen):
        result.skipped += 1
    if not exchange.known and any(analyzer.routes for analyzer in chosen):
        result.unentered.add(exchange.operation)


def _learn_exchange(
    learner: Learner, result: _Result, observers: list[tuple[Analyzer, Observe]], exchange: Exchange, *, stand_in: bool
) -> None:
    if not observers:
        return
    client, exchange_origin = product(exchange), origin(exchange)
    for analyzer, observe in observers:
        for observation in lessons(analyzer, observe, exchange, stand_in=stand_in):
            learner.add(analyzer.id, observation, client, exchange_origin)
            if analyzer.routes and "operation" in observation:
                method, _, template = observation["operation"].partition(" ")
                result.routes.add((method, template, observation["host"]))
