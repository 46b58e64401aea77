"""The evidence: counts, times and clients of everything observed. Counts merge in any order."""

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
"""The states of a stream besides its events: before the first, after the last, and where it was cut off."""

_COUNTED = ("beta-flags", "error-bodies", "retries")
"""The analyzers whose observations are always counted."""
_PREFIX = re.compile(r"[a-z]{2,16}_(?=[A-Za-z0-9])")


@dataclass
class Evidence:
    """The evidence of a set of captures. Keys are operations (`POST /v1/messages`) unless stated otherwise."""

    exchanges: Seen = field(default_factory=Seen)
    captures: set[str] = field(default_factory=set)
    operations: dict[str, Seen] = field(default_factory=dict)
    hosts: dict[str, Counter[str]] = field(default_factory=dict)
    authentication: dict[str, Counter[str]] = field(default_factory=dict)
    """The credentials of requests: `api-key`, the authorization scheme in lower case, or `none`."""
    statuses: dict[tuple[str, int], Seen] = field(default_factory=dict)
    media: dict[tuple[str, int], Counter[str]] = field(default_factory=dict)
    """Media types of responses by operation and status."""
    request_media: dict[str, Counter[str]] = field(default_factory=dict)
    query: dict[str, dict[str, HeaderSeen]] = field(default_factory=dict)
    path_values: dict[str, dict[str, HeaderSeen]] = field(default_factory=dict)
    """By operation and path parameter; the values are prefixes of ids (`file_`) or empty."""
    request_heads: dict[str, HeadSeen] = field(default_factory=dict)
    response_heads: dict[tuple[str, int], HeadSeen] = field(default_factory=dict)
    flags: dict[str, Seen] = field(default_factory=dict)
    flag_uses: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Requests by flag and operation."""
    flag_clients: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Requests by flag and client; an unknown client is empty."""
    transitions: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    events: dict[str, Counter[str]] = field(default_factory=dict)
    errors: dict[tuple[str, str], Seen] = field(default_factory=dict)
    """By location (`http`, `stream`, or `page` if not JSON) and case (`529 overloaded_error`, `503 text/plain`)."""
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
        """Return the number of recorded requests of an operation; some imports contain only responses."""
        return sum(self.hosts.get(operation, Counter[str]()).values())

    def merge(self, other: Self) -> None:
        """Add other counts; the result does not depend on the order of merging."""
        for name, theirs in vars(other).items():
            setattr(self, name, _merged(getattr(self, name), theirs))


class Gathering:
    """A collector of evidence; with a library, also of the bodies and events in its schemas."""

    def __init__(self, library: Library | None = None) -> None:
        self.evidence = Evidence()
        self._usage = Usage(library) if library else None

    @property
    def analyzers(self) -> Iterable[str]:
        """The ids of the analyzers whose observations are counted."""
        return (*_COUNTED, *(COUNTED if self._usage else ()))

    def begin(self, capture: str, labels: Mapping[str, str]) -> None:
        """Add a capture."""
        self.evidence.captures.add(capture)

    def add(self, observed: Observed) -> None:
        """Count an exchange."""
        _count(self.evidence, observed)
        if self._usage:
            self._usage.add(self.evidence, observed)


def gather(captures: Iterable[tuple[str, Iterable[Exchange]]], library: Library | None = None) -> Evidence:
    """Return the evidence of captures (names with exchanges in order), and of bodies that are in the library."""
    gathering = Gathering(library)
    for name, exchanges in captures:
        collect(name, exchanges, [gathering])
    return gathering.evidence


def _count(evidence: Evidence, observed: Observed) -> None:
    exchange = observed.exchange
    evidence.exchanges.add(exchange)
    evidence.ends[exchange.end.cause] += 1
    evidence.categories[exchange.category] += 1
    evidence.tags.update(exchange.tags)
    evidence.request_bytes += exchange.request.body.size
    evidence.response_bytes += exchange.response.body.size if exchange.response else 0
    _count_request(evidence, exchange)
    _count_flags(evidence, observed)
    _count_response(evidence, observed)
    _count_retries(evidence, observed)


def _count_retries(evidence: Evidence, observed: Observed) -> None:
    for retry in observed.observations("retries"):
        case = (retry["operation"], retry["cause"])
        evidence.retries[(*case, retry["attempt"])] += 1
        if "delay_ms" in retry:
            evidence.waits.setdefault(case, Spread()).add(retry["delay_ms"])


def _count_request(evidence: Evidence, exchange: Exchange) -> None:
    operation, request = exchange.operation, exchange.request
    evidence.operations.setdefault(operation, Seen()).add(exchange)
    if "request" in exchange.absent:
        return
    evidence.hosts.setdefault(operation, Counter())[request.host] += 1
    for name in {name for name, _ in request.query}:
        values = [value for key, value in request.query if key == name]
        evidence.query.setdefault(operation, {}).setdefault(name, HeaderSeen()).add(values, ())
    _count_path(evidence, operation, request.path)
    if request.body.size and request.media_type:
        evidence.request_media.setdefault(operation, Counter())[request.media_type] += 1
    if "request-headers" in exchange.absent:
        return
    evidence.request_heads.setdefault(operation, HeadSeen()).add(request.headers, exchange.absent)
    evidence.authentication.setdefault(operation, Counter())[authenticated(request.headers)] += 1


def _count_flags(evidence: Evidence, observed: Observed) -> None:
    exchange = observed.exchange
    for observation in observed.observations("beta-flags"):
        for flag in sorted(set(observation["flags"])):
            evidence.flags.setdefault(flag, Seen()).add(exchange)
            evidence.flag_uses[flag, exchange.operation] += 1
            evidence.flag_clients[flag, exchange.request.client] += 1


def _count_path(evidence: Evidence, operation: str, path: str) -> None:
    template = operation.partition(" ")[2]
    if "{" not in template:
        return
    values = zip(template.split("/"), path.split("/"), strict=False)
    for name, value in values:
        if name.startswith("{"):
            prefix = _PREFIX.match(value)
            seen = evidence.path_values.setdefault(operation, {}).setdefault(name.strip("{}"), HeaderSeen())
            seen.add([prefix.group() if prefix else ""], (), value)


def _count_response(evidence: Evidence, observed: Observed) -> None:
    exchange = observed.exchange
    operation, response = exchange.operation, exchange.response
    if response is None:
        return
    key = (operation, response.status)
    has_status = "status" not in exchange.absent or response.status < 400  # an error without status has a made-up one
    if has_status:
        evidence.statuses.setdefault(key, Seen()).add(exchange)
    if has_status and response.media_type:
        evidence.media.setdefault(key, Counter())[response.media_type] += 1
    if "response-headers" not in exchange.absent:
        evidence.response_heads.setdefault(key, HeadSeen()).add(response.headers, exchange.absent)
    for error in observed.observations("error-bodies"):
        case = without_surrogates(error.get("case") or error.get("page") or "status unknown")
        evidence.errors.setdefault((error["where"], case), Seen()).add(exchange)
        evidence.error_operations[error["where"], case, operation] += 1
    if response.is_event_stream and response.status < 400:
        _count_events(evidence, exchange, response)


def _count_events(evidence: Evidence, exchange: Exchange, response: Response) -> None:
    """Count the steps by event name alone, as the state diagram shows them."""
    is_complete = [event.complete for event in response.events()]
    names = [event.name for event in response.events() if event.complete]
    is_cut = not exchange.end.is_complete or not all(is_complete)
    steps = evidence.transitions.setdefault(exchange.operation, Counter())
    steps.update(pairwise([START, *names, CUT if is_cut else END]))
    evidence.events.setdefault(exchange.operation, Counter()).update(names)


def without_surrogates(text: str) -> str:
    """Escape lone surrogates in a text, because they cannot be encoded in a file."""
    return text.encode("utf-8", "backslashreplace").decode()


def authenticated(headers: Headers) -> str:
    """Return the credential of a request: `api-key`, the authorization scheme in lower case, or `none`."""
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
