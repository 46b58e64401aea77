"""Learning from captures: what the observations of analyzers teach is given to the learner of a schemas folder."""

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
from wirelore.schema import routing
from wirelore.schema.library import copy_added
from wirelore.store.writer import Capture, Unreadable

_SHOWN = 8
"""How many operations a remark names."""


@dataclass(frozen=True)
class _Task:
    """A part of the work: every `parts`-th exchange of the captures, beginning with number `part`."""

    captures: tuple[Capture, ...]
    folder: Path
    hosts: frozenset[str]
    only: tuple[str, ...]
    stand_in: bool = False
    part: int = 0
    parts: int = 1
    analyzers: tuple[Path, ...] = field(default_factory=added_folders)
    """The folders of analyzers that the process which shares the work is to know, too."""


@dataclass
class _Result:
    learned: Learned
    seen: set[tuple[str, str, str]] = field(default_factory=set)
    """Method, path template and host of each route that a service answered."""
    skipped: int = 0
    """Exchanges whose answers teach nothing, as a stand-in gave them."""
    unentered: set[str] = field(default_factory=set)
    """Operations that the route table does not have, and that a stand-in answered."""
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
    """Widens the schemas of a folder so that the captures pass, and returns what changed, a line each, sorted.

    `hosts` restricts learning to exchanges with these hosts, `only` to these analyzers. The answers of a stand-in, and
    routes that only a stand-in answered, are learned with `stand_in` alone; else `remarks` receives how many were
    skipped, a sentence each. Parts that cannot be read are added to `problems`, or raised as Unreadable without it.
    `jobs` processes share the work; how many makes no difference to the result.
    """
    registry()
    copy_added(folder)
    whole = _Task(tuple(captures), folder, frozenset(hosts), only, stand_in)
    learner = Learner(folder)
    seen: set[tuple[str, str, str]] = set()
    skipped, unentered = 0, set[str]()
    for result in _results(whole, jobs):
        if result.problems and problems is None:
            raise result.problems[0]
        if problems is not None:
            problems += [str(fault) for fault in result.problems]
        learner.take_over(result.learned)
        seen |= result.seen
        skipped += result.skipped
        unentered |= result.unentered
    changes = [str(change) for change in learner.write()]
    routed = routing.accept(folder, seen)
    if remarks is not None:
        remarks += _remarks(skipped, unentered - {f"{method} {template}" for method, template, _ in seen})
    return sorted([*changes, *routed])


def _remarks(skipped: int, unentered: set[str]) -> Iterator[str]:
    if skipped:
        answers = "the answer of 1 exchange" if skipped == 1 else f"the answers of {skipped} exchanges"
        yield f"not learned: {answers}, as a stand-in answered and not the service; --include-stand-in learns them too"
    if unentered:
        names = sorted(unentered)
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        yield f"not entered in the route table, as only a stand-in answered: {', '.join(names[:_SHOWN])}{more}"


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
            if mine and not task.stand_in and is_answered_by_stand_in(exchange):
                _count_skipped(result, [one for one, _ in bench], exchange)
            chosen = [(one, observe) for one, observe in bench if (task.part == 0 if one.spans else mine)]
            _take(learner, result, chosen, exchange, stand_in=task.stand_in)
        result.problems += problems if task.part == 0 else []
    result.learned = learner.learned()
    return result


def _count_skipped(result: _Result, chosen: Iterable[Analyzer], exchange: Exchange) -> None:
    """Counts what an exchange with a stand-in would have taught these analyzers, had a service answered."""
    if exchange.response is not None and any(one.about == "response" or one.answer for one in chosen):
        result.skipped += 1
    if not exchange.known and any(one.routes for one in chosen):
        result.unentered.add(exchange.operation)


def _take(
    learner: Learner, result: _Result, bench: list[tuple[Analyzer, Observe]], exchange: Exchange, *, stand_in: bool
) -> None:
    if not bench:
        return
    client, made_from = product(exchange), origin(exchange)
    for one, observe in bench:
        for observation in lessons(one, observe, exchange, stand_in=stand_in):
            learner.take(one.id, observation, client, made_from)
            if one.routes and "operation" in observation:
                method, _, template = observation["operation"].partition(" ")
                result.seen.add((method, template, observation["host"]))
