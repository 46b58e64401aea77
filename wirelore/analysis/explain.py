"""The explanation of one place of a schema: which exchanges made it what it is. Nothing is learned or written."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wirelore.analysis import reasons
from wirelore.analysis.contract import Observation
from wirelore.analysis.lessons import lessons
from wirelore.analysis.places import NoPlace, Place, described, parse, walk
from wirelore.analysis.registry import registry
from wirelore.analysis.samples import Samples, Source
from wirelore.analysis.witness import origin, product
from wirelore.learning.learner import slug
from wirelore.model.json_pointer import pointer
from wirelore.schema.library import Library
from wirelore.store.writer import Capture, Unreadable

_SHOWN = 24


@dataclass
class _Pass:
    """What one pass over the captures gathers: samples by branch, in the words that choose it."""

    place: Place
    keys: tuple[str, ...]
    branches: dict[tuple[str, ...], Samples] = field(default_factory=dict)
    operations: set[str] = field(default_factory=set)

    def take(self, observation: Observation, source: Source) -> None:
        case = tuple(str(observation[key]) for key in self.keys if key in observation)
        samples = self.branches.setdefault(case if len(case) == len(self.keys) else (), Samples())
        samples.observations.add(source.exchange)
        end = len(self.place.steps)
        for met in walk(observation, self.place.steps):
            samples.step(met.depth, met.value)
            if met.lacks and met.depth == end - 1:
                samples.member(met.value, source, lacks=True)
            elif met.depth == end:
                if met.around is not None:
                    samples.member(met.around, source, lacks=False)
                samples.take(met.value, source.exchange)

    def chosen(self, library: Library) -> dict[tuple[str, ...], Samples]:
        """The branches that were asked for. Raises NoPlace if there are none."""
        asked = self.place.branch
        if not asked or asked in library.rules(self.place.analyzer):
            return dict(sorted(self.branches.items()))
        found = {case: one for case, one in self.branches.items() if case and asked in (" ".join(case), slug(case))}
        if not found:
            cases = sorted(" ".join(case) for case in self.branches if case)
            raise NoPlace(f"{self.place.analyzer}/{asked}: no such branch or rule; observed were {_some(cases)}")
        return found


def explain(
    captures: Iterable[Capture],
    library: Library,
    text: str,
    *,
    operation: str = "",
    hosts: tuple[str, ...] = (),
    stand_in: bool = False,
    problems: list[str] | None = None,
) -> str:
    """What the captures show of a place (its forms: wirelore/analysis/places.py), as plain text.

    `operation` and `hosts` restrict it to exchanges of this operation and with these hosts. Only what would be learned
    is looked at: answers of a stand-in with `stand_in` alone. Parts that cannot be read
    are added to `problems`. Raises NoPlace if the text names no place, or nothing is there.
    """
    place = parse(text, registry())
    wanted = operation or place.operation
    learning = library.root(place.analyzer).get("x-learn", {})
    gathered = _Pass(place, tuple(learning.get("dispatch", ())) if isinstance(learning, Mapping) else ())
    for capture in captures:
        _read(capture, gathered, wanted, hosts, problems, stand_in=stand_in)
    if not gathered.branches:
        raise NoPlace(_unobserved(gathered, wanted))
    chosen = gathered.chosen(library)
    sections = [
        "\n".join(_section(gathered, case, samples, library))
        for case, samples in chosen.items()
        if samples.values.count
    ]
    if not sections:
        raise NoPlace(_nothing(place, chosen.values()))
    return "\n\n".join([*_note(learning), *sections]) + "\n"


def _read(
    capture: Capture,
    gathered: _Pass,
    operation: str,
    hosts: tuple[str, ...],
    problems: list[str] | None,
    *,
    stand_in: bool,
) -> None:
    unread: list[Unreadable] = []
    one = registry()[gathered.place.analyzer]
    observe = one.start()
    for exchange in capture.exchanges(unread.append):
        if hosts and exchange.request.host not in hosts:
            continue
        is_wanted = operation in ("", exchange.operation)
        if not is_wanted and not one.spans:
            gathered.operations.add(exchange.operation)
            continue
        name, witness = f"{exchange.capture}/{exchange.id}", origin(exchange).witness
        for observation in lessons(one, observe, exchange, stand_in=stand_in):
            if is_wanted:
                gathered.take(observation, Source(witness, product(exchange), name))
    if unread and problems is None:
        raise unread[0]
    if problems is not None:
        problems += map(str, unread)


def _section(gathered: _Pass, case: tuple[str, ...], samples: Samples, library: Library) -> Iterator[str]:
    yield f"{gathered.place}  {' '.join(case)}".rstrip()
    schema = _schema(gathered, case, library)
    yield from reasons.lines(samples, *described(schema, gathered.place.steps), len(gathered.place.steps))


def _schema(gathered: _Pass, case: tuple[str, ...], library: Library) -> Mapping[str, Any]:
    """The document that describes a branch; an empty one if there is none."""
    root = library.root(gathered.place.analyzer)
    if not gathered.keys:
        return root
    for entry in root.get("allOf", ()):
        constants = entry["if"]["properties"]
        if tuple(str(constants[key]["const"]) for key in gathered.keys) == case:
            return library.documents.get(entry["then"]["$ref"], {})
    return {}


def _note(learning: object) -> list[str]:
    return ["Nothing is learned of this analyzer: its schema is judgement."] if learning is False else []


def _unobserved(gathered: _Pass, operation: str) -> str:
    others = f"; the operations are {_some(sorted(gathered.operations))}" if operation and gathered.operations else ""
    return f"{gathered.place}: nothing is observed{f' of {operation}' if operation else ''} in these captures{others}"


def _nothing(place: Place, branches: Iterable[Samples]) -> str:
    """What is there instead, at the place to which the walk came in any of the branches."""
    found = list(branches)
    depth = max(samples.depth for samples in found)
    members = sum((samples.members for samples in found if samples.depth == depth), Counter[str]())
    names = sorted(members, key=lambda name: (-members[name], name))
    at = f"{place.analyzer}#{pointer(place.steps[:depth])}"
    count = sum(samples.observations.count for samples in found)
    there = f"there are {_some(names)}" if names else "there is nothing with members"
    return f"{place}: nothing is there in {count} observations; at {at} {there}"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
