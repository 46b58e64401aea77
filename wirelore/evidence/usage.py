"""Counts of bodies and events by their places in the learned schemas, with the smallest of each as an example."""

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
"""Kinds of bodies, the first step of a path. The next steps are the operation and the status or event name."""

COUNTED = ("request-bodies", "response-bodies", "error-bodies", "event-payloads")
"""The analyzers whose observations are counted."""

_LONGEST = 1 << 16
"""Maximum size in bytes of a body that can become an example."""


class UsageStore(Protocol):
    """The part of the evidence that receives tallies and examples."""

    objects: dict[Path, Tally]
    examples: dict[Path, Example]


@dataclass(slots=True)
class _Plan:
    """The plan for counting the values of one place."""

    place: Path
    names: frozenset[str] = frozenset()
    inner: tuple[tuple[str, "_Plan"], ...] = ()
    """The plans of members with content to count."""
    map_values: "_Plan | None" = None
    """The plan of the values of a map."""
    items: "_Plan | None" = None
    variants: Mapping[str | None, "_Plan"] = field(default_factory=dict)


@dataclass(slots=True)
class _Count:
    objects: int = 0
    members: Counter[str] = field(default_factory=Counter)


class Usage:
    """Counts exchanges by the schemas of one library."""

    def __init__(self, library: Library) -> None:
        self._plans: dict[Path, _Plan | None] = dict(_plans(library))
        listed = library.root("operations").get("properties", {}).get("operation", {}).get("enum", ())
        self._operations = {*listed, *(path[1] for path in self._plans if len(path) > 1)}

    def add(self, store: UsageStore, observed: Observed) -> None:
        """Count the bodies and events of one exchange."""
        counts: dict[Path, _Count] = {}
        for path, value, example in _values(observed):
            is_known = path in self._plans
            plan = self._plans.get(path)
            if path[0] == EVENT:  # the number of unknown event names is unbounded
                _count(counts, path if is_known else (*path[:2], OTHERS)).members.update(("event", "data"))
            if plan is not None:
                _walk(plan, value, counts)
            if example is not None and is_known and example[1] in self._operations:
                _keep_example(store, example, value)
        if counts:
            _add(store, observed.exchange, counts)


def _values(observed: Observed) -> Iterator[tuple[Path, Any, Path | None]]:
    """Yield each value that may have a learned schema, with its path and the path of the example that it may become."""
    exchange = observed.exchange
    operation, response = exchange.operation, exchange.response
    is_small = exchange.request.body.size <= _LONGEST
    for observation in observed.observations("request-bodies"):
        path: Path = (REQUEST, operation)
        yield from _content(path, observation, (*path, str(observation["media_type"])) if is_small else None)
    if response is None:
        return
    is_small = response.body.size <= _LONGEST
    status = str(response.status)
    for observation in observed.observations("response-bodies"):
        path = (RESPONSE, operation, status)
        yield from _content(path, observation, (*path, str(observation["media_type"])) if is_small else None)
    for observation in observed.observations("error-bodies"):
        if "body" in observation and observation["where"] == "http":  # those in streams are counted as events
            is_example = is_small and "case" in observation
            yield (
                (ERROR,),
                observation["body"],
                (RESPONSE, operation, status, str(observation["media_type"])) if is_example else None,
            )
    if response.is_event_stream and response.status < 400:
        prefix = f"{operation} "
        for observation in observed.observations("event-payloads"):
            if "case" in observation:
                path = (EVENT, operation, observation["case"].removeprefix(prefix))
                yield path, observation["data"], path


def _content(
    path: Path, observation: Mapping[str, Any], example: Path | None
) -> Iterator[tuple[Path, Any, Path | None]]:
    if "body" in observation:
        yield path, observation["body"], example
    for line in observation.get("lines", ()):
        yield (*path, "[]"), line, example


def _keep_example(store: UsageStore, path: Path, value: Any) -> None:
    example = Example(codec.line(value))
    if len(example.text) > _LONGEST:
        return
    if path in store.examples:
        store.examples[path].merge(example)
    else:
        store.examples[path] = example


def _add(store: UsageStore, exchange: Exchange, counts: Mapping[Path, _Count]) -> None:
    for path, count in counts.items():
        object_seen = Seen()
        object_seen.add(exchange)
        object_seen.count, object_seen.origins = count.objects, Counter({exchange.origin: count.objects})
        store.objects.setdefault(path, Tally()).merge(Tally(object_seen, count.members))


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
        _count(counts, plan.place).members.update(value.keys() & plan.names)
        variant = plan.variants.get(tag if isinstance(tag, str) else None)
        if variant is None or (tag is not None and not isinstance(tag, str)):
            _count(counts, (*plan.place, OTHERS))
            return
        plan = variant
    _count(counts, plan.place).members.update(value.keys() & plan.names)
    for name, inner in plan.inner:
        if name in value:
            _walk(inner, value[name], counts)
    if plan.map_values is not None:
        for name, member in value.items():
            if name not in plan.names:
                _walk(plan.map_values, member, counts)


def _plans(library: Library) -> Iterator[tuple[Path, _Plan | None]]:
    """Yield a plan for each learned body."""
    roots: list[tuple[Path, Node | None]] = [((ERROR,), learned_bodies.error_body(library))]
    contents: list[tuple[Path, Content]]
    contents = [((REQUEST, name), content) for name, content in learned_bodies.requests(library).items()]
    contents += [
        ((RESPONSE, name, str(status)), content)
        for (name, status), content in learned_bodies.responses(library).items()
    ]
    roots += [(path, content.body) for path, content in contents]
    roots += [((*path, "[]"), content.lines) for path, content in contents]
    roots += [
        ((EVENT, name, event), data)
        for name, events in learned_bodies.events(library).items()
        for event, data in events.items()
    ]
    for path, node in roots:
        yield path, None if node is None else _plan(node, (*path, "data") if path[0] == EVENT else path)


def _plan(node: Node, place: Path) -> _Plan | None:
    """Return the plan of a node; None if it has nothing to count."""
    if node.get("x-opaque"):
        return None
    plan = _Plan(place)
    if items := node.get("items"):
        plan.items = _plan(items, (*place, "[]"))
    if "object" not in learned_bodies.types(node):
        return plan if plan.items else None
    cases = learned_bodies.variants(node)
    if cases:
        plan.variants = {tag: _object(case, (*place, variant_step(tag))) for tag, case in cases}
        plan.names = frozenset({"type"})
        return plan
    object_plan = _object(node, place)
    object_plan.items = plan.items
    return object_plan


def _object(node: Node, place: Path) -> _Plan:
    members = node.get("properties", {})
    inner = ((name, _plan(child, (*place, name))) for name, child in members.items())
    map_values = node.get("additionalProperties")
    return _Plan(
        place,
        frozenset(members),
        tuple((name, plan) for name, plan in inner if plan is not None),
        _plan(map_values, (*place, "{}")) if isinstance(map_values, Mapping) else None,
    )


def variant_step(tag: str | None) -> str:
    """Return the step of a path into a variant."""
    return UNTAGGED if tag is None else f"<{tag}>"
