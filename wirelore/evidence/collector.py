"""The evidence: how often, when and by which clients everything was seen. Counts merge in any order."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Self

from wirelore.analysis.one_pass import Observed, collect
from wirelore.evidence.counts import HeaderSeen, HeadSeen, Seen, Spread
from wirelore.evidence.object_counts import Example, Path, Tally
from wirelore.evidence.usage import COUNTED, Usage
from wirelore.model.exchange import Exchange, Headers, Response
from wirelore.model.protocol import protocol
from wirelore.schema.library import Library

START, END, CUT = "(start)", "(end)", "(cut)"
"""The states of a stream that are no events: before the first, after the last, and where it broke off."""

_COUNTED = ("beta-flags", "error-bodies", "retries")
"""The analyzers whose observations are counted in any case."""
_PREFIX = re.compile(r"[a-z]{2,16}_(?=[A-Za-z0-9])")


@dataclass
class Evidence:
    """What a set of captures shows. Keys are operations (`POST /v1/messages`) unless said otherwise."""

    exchanges: Seen = field(default_factory=Seen)
    captures: set[str] = field(default_factory=set)
    operations: dict[str, Seen] = field(default_factory=dict)
    hosts: dict[str, Counter[str]] = field(default_factory=dict)
    authentication: dict[str, Counter[str]] = field(default_factory=dict)
    """How requests identified themselves: `api-key`, the authorization scheme in lower case, or `none`."""
    statuses: dict[tuple[str, int], Seen] = field(default_factory=dict)
    media: dict[tuple[str, int], Counter[str]] = field(default_factory=dict)
    """Media types of responses by operation and status."""
    request_media: dict[str, Counter[str]] = field(default_factory=dict)
    query: dict[str, dict[str, HeaderSeen]] = field(default_factory=dict)
    path_values: dict[str, dict[str, HeaderSeen]] = field(default_factory=dict)
    """By operation and parameter of the path; the values are prefixes of ids (`file_`), empty if none."""
    request_heads: dict[str, HeadSeen] = field(default_factory=dict)
    response_heads: dict[tuple[str, int], HeadSeen] = field(default_factory=dict)
    flags: dict[str, Seen] = field(default_factory=dict)
    flag_uses: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Requests by flag and operation."""
    flag_clients: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Requests by flag and client; the client is empty where it did not say."""
    transitions: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    events: dict[str, Counter[str]] = field(default_factory=dict)
    errors: dict[tuple[str, str], Seen] = field(default_factory=dict)
    """By where (`http`, `stream`, `page` for what is no JSON) and case (`529 overloaded_error`, `503 text/plain`)."""
    error_operations: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    retries: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """By operation, cause and attempt."""
    waits: dict[tuple[str, str], Spread] = field(default_factory=dict)
    """Milliseconds from the failure to the new request, by operation and cause."""
    ends: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    objects: dict[Path, Tally] = field(default_factory=dict)
    """Objects in bodies and events by their place in the learned schemas."""
    examples: dict[Path, Example] = field(default_factory=dict)
    """The smallest body by kind, operation, status and media type, and the smallest event of a name."""
    request_bytes: int = 0
    response_bytes: int = 0

    def requests(self, operation: str) -> int:
        """How many requests of an operation are known; some imports hold responses only."""
        return sum(self.hosts.get(operation, Counter[str]()).values())

    def merge(self, other: Self) -> None:
        """Adds what was counted elsewhere; the order of merging makes no difference."""
        for name, theirs in vars(other).items():
            setattr(self, name, _merged(getattr(self, name), theirs))


class Gathering:
    """The collector of evidence; with a library also of the bodies and events that it knows."""

    def __init__(self, library: Library | None = None) -> None:
        self.evidence = Evidence()
        self._usage = Usage(library) if library else None

    @property
    def analyzers(self) -> Iterable[str]:
        """Those whose observations are counted."""
        return (*_COUNTED, *(COUNTED if self._usage else ()))

    def begin(self, capture: str, labels: Mapping[str, str]) -> None:
        """Notes the capture."""
        self.evidence.captures.add(capture)

    def take(self, observed: Observed) -> None:
        """Counts an exchange."""
        _take(self.evidence, observed)
        if self._usage:
            self._usage.take(self.evidence, observed)


def gather(captures: Iterable[tuple[str, Iterable[Exchange]]], library: Library | None = None) -> Evidence:
    """The evidence of captures, each a name with its exchanges in order; of bodies, what the library knows."""
    gathering = Gathering(library)
    for name, exchanges in captures:
        collect(name, exchanges, [gathering])
    return gathering.evidence


def _take(evidence: Evidence, observed: Observed) -> None:
    exchange = observed.exchange
    evidence.exchanges.take(exchange)
    evidence.ends[exchange.end.cause] += 1
    evidence.categories[exchange.category] += 1
    evidence.tags.update(exchange.tags)
    evidence.request_bytes += exchange.request.body.size
    evidence.response_bytes += exchange.response.body.size if exchange.response else 0
    _take_request(evidence, exchange)
    _take_flags(evidence, observed)
    _take_response(evidence, observed)
    _take_retries(evidence, observed)


def _take_retries(evidence: Evidence, observed: Observed) -> None:
    for seen in observed.of("retries"):
        case = (seen["operation"], seen["cause"])
        evidence.retries[(*case, seen["attempt"])] += 1
        if "delay_ms" in seen:
            evidence.waits.setdefault(case, Spread()).take(seen["delay_ms"])


def _take_request(evidence: Evidence, exchange: Exchange) -> None:
    operation, request = exchange.operation, exchange.request
    evidence.operations.setdefault(operation, Seen()).take(exchange)
    if "request" in exchange.absent:
        return
    evidence.hosts.setdefault(operation, Counter())[request.host] += 1
    for name in {name for name, _ in request.query}:
        values = [value for key, value in request.query if key == name]
        evidence.query.setdefault(operation, {}).setdefault(name, HeaderSeen()).take(values, ())
    _take_path(evidence, operation, request.path)
    if request.body.size and request.media_type:
        evidence.request_media.setdefault(operation, Counter())[request.media_type] += 1
    if "request-headers" in exchange.absent:
        return
    evidence.request_heads.setdefault(operation, HeadSeen()).take(request.headers, exchange.absent)
    evidence.authentication.setdefault(operation, Counter())[authenticated(request.headers)] += 1


def _take_flags(evidence: Evidence, observed: Observed) -> None:
    exchange = observed.exchange
    for seen in observed.of("beta-flags"):
        for flag in sorted(set(seen["flags"])):
            evidence.flags.setdefault(flag, Seen()).take(exchange)
            evidence.flag_uses[flag, exchange.operation] += 1
            evidence.flag_clients[flag, exchange.request.client] += 1


def _take_path(evidence: Evidence, operation: str, path: str) -> None:
    template = operation.partition(" ")[2]
    if "{" not in template:
        return
    values = zip(template.split("/"), path.split("/"), strict=False)
    for name, value in values:
        if name.startswith("{"):
            prefix = _PREFIX.match(value)
            seen = evidence.path_values.setdefault(operation, {}).setdefault(name.strip("{}"), HeaderSeen())
            seen.take([prefix.group() if prefix else ""], (), value)


def _take_response(evidence: Evidence, observed: Observed) -> None:
    exchange = observed.exchange
    operation, response = exchange.operation, exchange.response
    if response is None:
        return
    key = (operation, response.status)
    told = "status" not in exchange.absent or response.status < 400  # of a bare error the status is made up
    if told:
        evidence.statuses.setdefault(key, Seen()).take(exchange)
    if told and response.media_type:
        evidence.media.setdefault(key, Counter())[response.media_type] += 1
    if "response-headers" not in exchange.absent:
        evidence.response_heads.setdefault(key, HeadSeen()).take(response.headers, exchange.absent)
    for seen in observed.of("error-bodies"):
        case = writable(seen.get("case") or seen.get("page") or "status not told")
        evidence.errors.setdefault((seen["where"], case), Seen()).take(exchange)
        evidence.error_operations[seen["where"], case, operation] += 1
    if response.is_event_stream and response.status < 400:
        _take_events(evidence, exchange, response)


def _take_events(evidence: Evidence, exchange: Exchange, response: Response) -> None:
    """Counts the steps by event name alone, as a reader's state diagram has them."""
    finished = [event.complete for event in response.events()]
    names = [event.name for event in response.events() if event.complete]
    broken = not exchange.end.whole or not all(finished)
    steps = evidence.transitions.setdefault(exchange.operation, Counter())
    steps.update(pairwise([START, *names, CUT if broken else END]))
    evidence.events.setdefault(exchange.operation, Counter()).update(names)


def writable(text: str) -> str:
    """The text with lone surrogates written as escapes: no file can hold them."""
    return text.encode("utf-8", "backslashreplace").decode()


def authenticated(headers: Headers) -> str:
    """How a request identifies itself: `api-key`, the authorization scheme in lower case, or `none`."""
    scheme = (headers.first("authorization") or "").partition(" ")[0].lower()
    if scheme:
        return scheme
    return "api-key" if headers.first(protocol().api_key) else "none"


def _merged(ours: Any, theirs: Any) -> Any:
    if isinstance(ours, Counter):
        return ours + theirs
    if isinstance(ours, dict):
        for key, value in theirs.items():
            ours[key] = _merged(ours[key], value) if key in ours else value
        return ours
    if isinstance(ours, set):
        return ours | theirs
    if isinstance(ours, int):
        return ours + theirs
    ours.merge(theirs)
    return ours
