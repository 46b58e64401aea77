"""The usage: the bodies and events of exchanges, counted after the learned schemas, and the smallest of each kept."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from wirelore.analysis.one_pass import Observed
from wirelore.evidence import learned_bodies
from wirelore.evidence.counts import Seen
from wirelore.evidence.learned_bodies import Content, Node
from wirelore.evidence.object_counts import OTHERS, UNTAGGED, Example, Path, Tally
from wirelore.model import codec
from wirelore.model.exchange import Exchange
from wirelore.schema.library import Library

REQUEST, RESPONSE, EVENT, ERROR = "request", "response", "event", "error"
"""Kinds of bodies: the first step of a path. What follows is the operation, then the status or the event's name."""

COUNTED = ("request-bodies", "response-bodies", "error-bodies", "event-payloads")
"""The analyzers whose observations are counted."""

_LONGEST = 1 << 16
"""Bytes of a body beyond which it is not considered as an example."""


class Kept(Protocol):
    """Where tallies and examples go: a part of the evidence."""

    objects: dict[Path, Tally]
    examples: dict[Path, Example]


@dataclass(slots=True)
class _Plan:
    """What is counted of the values of one place."""

    at: Path
    names: frozenset[str] = frozenset()
    inner: tuple[tuple[str, "_Plan"], ...] = ()
    """Members inside of which there is something to count."""
    rest: "_Plan | None" = None
    """The values of a map."""
    items: "_Plan | None" = None
    variants: Mapping[str | None, "_Plan"] = field(default_factory=dict)


@dataclass(slots=True)
class _Count:
    objects: int = 0
    members: Counter[str] = field(default_factory=Counter)


class Usage:
    """Counts exchanges after one library."""

    def __init__(self, library: Library) -> None:
        self._plans: dict[Path, _Plan | None] = dict(_plans(library))
        listed = library.root("operations").get("properties", {}).get("operation", {}).get("enum", ())
        self._operations = {*listed, *(path[1] for path in self._plans if len(path) > 1)}

    def take(self, kept: Kept, observed: Observed) -> None:
        """Counts the bodies and events of one exchange."""
        counts: dict[Path, _Count] = {}
        for path, value, example in _values(observed):
            is_known = path in self._plans
            plan = self._plans.get(path)
            if path[0] == EVENT:  # of events that are new there is no end of names
                _count(counts, path if is_known else (*path[:2], OTHERS)).members.update(("event", "data"))
            if plan is not None:
                _walk(plan, value, counts)
            if example is not None and is_known and example[1] in self._operations:
                _keep(kept, example, value)
        if counts:
            _add(kept, observed.exchange, counts)


def _values(observed: Observed) -> Iterator[tuple[Path, Any, Path | None]]:
    """Each value that a schema was learned for: its root's path, itself, and where it may serve as an example."""
    exchange = observed.exchange
    operation, response = exchange.operation, exchange.response
    small = exchange.request.body.size <= _LONGEST
    for seen in observed.of("request-bodies"):
        path: Path = (REQUEST, operation)
        yield from _content(path, seen, (*path, str(seen["media_type"])) if small else None)
    if response is None:
        return
    small = response.body.size <= _LONGEST
    status = str(response.status)
    for seen in observed.of("response-bodies"):
        path = (RESPONSE, operation, status)
        yield from _content(path, seen, (*path, str(seen["media_type"])) if small else None)
    for seen in observed.of("error-bodies"):
        if "body" in seen and seen["where"] == "http":  # those in streams are counted as events
            stands = small and "case" in seen
            yield (ERROR,), seen["body"], (RESPONSE, operation, status, str(seen["media_type"])) if stands else None
    if response.is_event_stream and response.status < 400:
        prefix = f"{operation} "
        for seen in observed.of("event-payloads"):
            if "case" in seen:
                path = (EVENT, operation, seen["case"].removeprefix(prefix))
                yield path, seen["data"], path


def _content(path: Path, seen: Mapping[str, Any], example: Path | None) -> Iterator[tuple[Path, Any, Path | None]]:
    if "body" in seen:
        yield path, seen["body"], example
    for line in seen.get("lines", ()):
        yield (*path, "[]"), line, example


def _keep(kept: Kept, path: Path, value: Any) -> None:
    one = Example(codec.line(value))
    if len(one.text) > _LONGEST:
        return
    if path in kept.examples:
        kept.examples[path].merge(one)
    else:
        kept.examples[path] = one


def _add(kept: Kept, exchange: Exchange, counts: Mapping[Path, _Count]) -> None:
    for path, count in counts.items():
        seen = Seen()
        seen.take(exchange)
        seen.count, seen.origins = count.objects, Counter({exchange.origin: count.objects})
        kept.objects.setdefault(path, Tally()).merge(Tally(seen, count.members))


def _count(counts: dict[Path, _Count], path: Path) -> _Count:
    count = counts.get(path)
    if count is None:
        count = counts[path] = _Count()
    count.objects += 1
    return count


def _walk(plan: _Plan, value: Any, counts: dict[Path, _Count]) -> None:
    if isinstance(value, list):
        if plan.items is not None:
            for item in value:
                _walk(plan.items, item, counts)
        return
    if not isinstance(value, dict):
        return
    tag = value.get("type")
    if plan.variants:
        _count(counts, plan.at).members.update(value.keys() & plan.names)
        own = plan.variants.get(tag if isinstance(tag, str) else None)
        if own is None or (tag is not None and not isinstance(tag, str)):
            _count(counts, (*plan.at, OTHERS))
            return
        plan = own
    _count(counts, plan.at).members.update(value.keys() & plan.names)
    for name, inner in plan.inner:
        if name in value:
            _walk(inner, value[name], counts)
    if plan.rest is not None:
        for name, each in value.items():
            if name not in plan.names:
                _walk(plan.rest, each, counts)


def _plans(library: Library) -> Iterator[tuple[Path, _Plan | None]]:
    """A plan for each learned body."""
    roots: list[tuple[Path, Node | None]] = [((ERROR,), learned_bodies.error_body(library))]
    contents: list[tuple[Path, Content]]
    contents = [((REQUEST, name), one) for name, one in learned_bodies.requests(library).items()]
    contents += [
        ((RESPONSE, name, str(status)), one) for (name, status), one in learned_bodies.responses(library).items()
    ]
    roots += [(path, one.body) for path, one in contents]
    roots += [((*path, "[]"), one.lines) for path, one in contents]
    roots += [
        ((EVENT, name, event), data)
        for name, events in learned_bodies.events(library).items()
        for event, data in events.items()
    ]
    for path, node in roots:
        yield path, None if node is None else _plan(node, (*path, "data") if path[0] == EVENT else path)


def _plan(node: Node, at: Path) -> _Plan | None:
    """The plan of a node; None if there is nothing to count in it."""
    if node.get("x-opaque"):
        return None
    plan = _Plan(at)
    if items := node.get("items"):
        plan.items = _plan(items, (*at, "[]"))
    if "object" not in learned_bodies.types(node):
        return plan if plan.items else None
    cases = learned_bodies.variants(node)
    if cases:
        plan.variants = {tag: _object(case, (*at, variant_step(tag))) for tag, case in cases}
        plan.names = frozenset({"type"})
        return plan
    own = _object(node, at)
    own.items = plan.items
    return own


def _object(node: Node, at: Path) -> _Plan:
    members = node.get("properties", {})
    inner = ((name, _plan(child, (*at, name))) for name, child in members.items())
    rest = node.get("additionalProperties")
    return _Plan(
        at,
        frozenset(members),
        tuple((name, plan) for name, plan in inner if plan is not None),
        _plan(rest, (*at, "{}")) if isinstance(rest, Mapping) else None,
    )


def variant_step(tag: str | None) -> str:
    """The step of a path into a variant."""
    return UNTAGGED if tag is None else f"<{tag}>"
