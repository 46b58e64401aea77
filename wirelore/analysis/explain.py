"""The explanation of one place of a schema: the samples that it rests on. Nothing is learned or written."""

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
from wirelore.model.wording import quantity
from wirelore.schema.library import Library
from wirelore.store.writer import Capture, Unreadable

_SHOWN = 24


@dataclass
class _Pass:
    """The samples of one pass over the captures, by the values that select a branch."""

    place: Place
    keys: tuple[str, ...]
    branches: dict[tuple[str, ...], Samples] = field(default_factory=dict)
    operations: set[str] = field(default_factory=set)

    def add(self, observation: Observation, source: Source) -> None:
        case = tuple(str(observation[key]) for key in self.keys if key in observation)
        samples = self.branches.setdefault(case if len(case) == len(self.keys) else (), Samples())
        samples.observations.add(source.exchange)
        end = len(self.place.steps)
        for visit in walk(observation, self.place.steps):
            samples.step(visit.depth, visit.value)
            if visit.is_missing_next and visit.depth == end - 1:
                samples.member(visit.value, source, is_missing=True)
            elif visit.depth == end:
                if visit.parent is not None:
                    samples.member(visit.parent, source, is_missing=False)
                samples.add_value(visit.value, source.exchange)

    def chosen(self, library: Library) -> dict[tuple[str, ...], Samples]:
        """Return the branches that the place selects. Raises NoPlace if there are none."""
        branch = self.place.branch
        if not branch or branch in library.rules(self.place.analyzer):
            return dict(sorted(self.branches.items()))
        selected = {
            case: samples for case, samples in self.branches.items() if case and branch in (" ".join(case), slug(case))
        }
        if not selected:
            cases = sorted(" ".join(case) for case in self.branches if case)
            raise NoPlace(f"{self.place.analyzer}/{branch}: unknown branch or rule; observed branches: {_some(cases)}")
        return selected


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
    """Return the samples of a place as plain text; `wirelore.analysis.places` describes the forms of a place.

    `operation` and `hosts` restrict the samples to exchanges of this operation and with these hosts. The responses of
    a stand-in are included only if `stand_in` is true. Messages about unreadable parts are added to `problems`;
    without it, the first one is raised as Unreadable. Raises NoPlace if the text is not a place or has no samples.
    """
    place = parse(text, registry())
    selected_operation = operation or place.operation
    learning = library.root(place.analyzer).get("x-learn", {})
    gathered = _Pass(place, tuple(learning.get("dispatch", ())) if isinstance(learning, Mapping) else ())
    for capture in captures:
        _read(capture, gathered, selected_operation, hosts, problems, stand_in=stand_in)
    if not gathered.branches:
        raise NoPlace(_unobserved(gathered, selected_operation))
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
    analyzer = registry()[gathered.place.analyzer]
    observe = analyzer.start()
    for exchange in capture.exchanges(unread.append):
        if hosts and exchange.request.host not in hosts:
            continue
        is_wanted = operation in ("", exchange.operation)
        if not is_wanted and not analyzer.spans:
            gathered.operations.add(exchange.operation)
            continue
        name, witness = f"{exchange.capture}/{exchange.id}", origin(exchange).witness
        for observation in lessons(analyzer, observe, exchange, stand_in=stand_in):
            if is_wanted:
                gathered.add(observation, Source(witness, product(exchange), name))
    if unread and problems is None:
        raise unread[0]
    if problems is not None:
        problems += map(str, unread)


def _section(gathered: _Pass, case: tuple[str, ...], samples: Samples, library: Library) -> Iterator[str]:
    yield f"{gathered.place}  {' '.join(case)}".rstrip()
    schema = _schema(gathered, case, library)
    yield from reasons.lines(samples, *described(schema, gathered.place.steps), len(gathered.place.steps))


def _schema(gathered: _Pass, case: tuple[str, ...], library: Library) -> Mapping[str, Any]:
    """Return the schema document of a branch, or an empty one."""
    root = library.root(gathered.place.analyzer)
    if not gathered.keys:
        return root
    for entry in root.get("allOf", ()):
        constants = entry["if"]["properties"]
        if tuple(str(constants[key]["const"]) for key in gathered.keys) == case:
            return library.documents.get(entry["then"]["$ref"], {})
    return {}


def _note(learning: object) -> list[str]:
    return ["This analyzer's schema is written by hand; nothing is learned from captures."] if learning is False else []


def _unobserved(gathered: _Pass, operation: str) -> str:
    hint = f"; observed operations: {_some(sorted(gathered.operations))}" if operation and gathered.operations else ""
    return f"{gathered.place}: no observations{f' of {operation}' if operation else ''} in these captures{hint}"


def _nothing(place: Place, branches: Iterable[Samples]) -> str:
    """Return a message that names the members at the deepest place that exists in any of the branches."""
    all_samples = list(branches)
    depth = max(samples.depth for samples in all_samples)
    members = sum((samples.members for samples in all_samples if samples.depth == depth), Counter[str]())
    names = sorted(members, key=lambda name: (-members[name], name))
    deepest = f"{place.analyzer}#{pointer(place.steps[:depth])}"
    observations = quantity(sum(samples.observations.count for samples in all_samples), "observation")
    content = f"members of {deepest}: {_some(names)}" if names else f"{deepest} has no members"
    return f"{place}: not present in {observations}; {content}"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
