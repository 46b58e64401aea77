"""The evidence: how often, when and by which clients everything was seen. Counts merge in any order."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Self

from analyzers import beta_flags, error_bodies, event_sequence, retries
from analyzers._contract import observations
from captures.model import Exchange, Headers, Response
from reports._forms import form

START, END, CUT = "(start)", "(end)", "(cut)"
"""The states of a stream that are no events: before the first, after the last, and where it broke off."""

_PREFIX = re.compile(r"[a-z]{2,16}_(?=[A-Za-z0-9])")
_VALUES_KEPT = 12
_ORDERS_KEPT = 64


@dataclass
class Seen:
    """How many exchanges showed something, when (Unix microseconds, None if unknown), and from which clients."""

    count: int = 0
    first_us: int | None = None
    last_us: int | None = None
    clients: set[str] = field(default_factory=set)
    origins: Counter[str] = field(default_factory=Counter)
    """Exchanges by where they came from: `recorded` or the format imported from."""

    def take(self, exchange: Exchange) -> None:
        """Counts an exchange."""
        time = None if "start" in exchange.absent else exchange.started_us
        self.merge(Seen(1, time, time, {client(exchange)} - {""}, Counter([exchange.origin])))

    def merge(self, other: "Seen") -> None:
        """Adds what was counted elsewhere."""
        self.count += other.count
        times = [us for us in (self.first_us, other.first_us) if us is not None]
        self.first_us = min(times, default=None)
        self.last_us = max((us for us in (self.last_us, other.last_us) if us is not None), default=None)
        self.clients |= other.clients
        self.origins += other.origins

    def described(self) -> dict[str, Any]:
        """As `x-observed` has it: count, first and last seen (RFC 3339, to the second), client versions."""
        described: dict[str, Any] = {"count": self.count}
        if self.first_us is not None and self.last_us is not None:
            described |= {"first": moment(self.first_us), "last": moment(self.last_us)}
        return {**described, "clients": sorted(self.clients), "origins": dict(sorted(self.origins.items()))}


@dataclass
class Spread:
    """The least and the most of a number, and how many there were."""

    count: int = 0
    least: int | None = None
    most: int | None = None

    def take(self, number: int) -> None:
        """Counts one number."""
        self.merge(Spread(1, number, number))

    def merge(self, other: "Spread") -> None:
        """Adds what was counted elsewhere."""
        self.count += other.count
        self.least = min((each for each in (self.least, other.least) if each is not None), default=None)
        self.most = max((each for each in (self.most, other.most) if each is not None), default=None)


@dataclass
class HeaderSeen:
    """One header or query parameter: in how many messages, with which values, forms and spellings."""

    count: int = 0
    values: Counter[str] = field(default_factory=Counter)
    """Values with counts; once more than a dozen differ, only `many` is known."""
    many: bool = False
    forms: Counter[str] = field(default_factory=Counter)
    """Messages by the form of a value: `integer`, `date-time`, `id`, `text`, ..."""
    spellings: Counter[str] = field(default_factory=Counter)

    def take(self, values: Iterable[str], spellings: Iterable[str]) -> None:
        """Counts one message that carried the header."""
        self.count += 1
        distinct = set(values)
        if not self.many:
            self.values.update(distinct)
        self.forms.update({form(value) for value in distinct})
        self.spellings.update(set(spellings))
        self._bound()

    def merge(self, other: "HeaderSeen") -> None:
        """Adds what was counted elsewhere."""
        self.count += other.count
        self.values += other.values
        self.forms += other.forms
        self.spellings += other.spellings
        self.many = self.many or other.many
        self._bound()

    def _bound(self) -> None:
        if self.many or len(self.values) > _VALUES_KEPT:
            self.many = True
            self.values.clear()


@dataclass
class HeadSeen:
    """The heads of one kind of message."""

    count: int = 0
    """Messages whose headers are known."""
    headers: dict[str, HeaderSeen] = field(default_factory=dict)
    orders: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """Sequences of lower-case names with counts; once more than 64 differ, only `many_orders` is known."""
    many_orders: bool = False

    def take(self, headers: Headers, absent: tuple[str, ...]) -> None:
        """Counts one head."""
        self.count += 1
        for name in {name.lower() for name, _ in headers}:
            lines = [(key, value) for key, value in headers if key.lower() == name]
            spelled = [] if "header-case" in absent else [key for key, _ in lines]
            self.headers.setdefault(name, HeaderSeen()).take([value for _, value in lines], spelled)
        if "header-order" not in absent:
            self.orders[tuple(name.lower() for name, _ in headers)] += 1
            self._bound()

    def merge(self, other: "HeadSeen") -> None:
        """Adds what was counted elsewhere."""
        self.count += other.count
        for name, seen in other.headers.items():
            self.headers.setdefault(name, HeaderSeen()).merge(seen)
        self.orders += other.orders
        self.many_orders = self.many_orders or other.many_orders
        self._bound()

    def _bound(self) -> None:
        if self.many_orders or len(self.orders) > _ORDERS_KEPT:
            self.many_orders = True
            self.orders.clear()


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
    request_bytes: int = 0
    response_bytes: int = 0

    def requests(self, operation: str) -> int:
        """How many requests of an operation are known; some imports hold responses only."""
        return sum(self.hosts.get(operation, Counter[str]()).values())

    def merge(self, other: Self) -> None:
        """Adds what was counted elsewhere; the order of merging makes no difference."""
        for name, theirs in vars(other).items():
            setattr(self, name, _merged(getattr(self, name), theirs))


def gather(captures: Iterable[tuple[str, Iterable[Exchange]]]) -> Evidence:
    """The evidence of captures, each a name with its exchanges in order."""
    evidence = Evidence()
    for name, exchanges in captures:
        for _ in fed(evidence, name, exchanges):
            pass
    return evidence


def fed(evidence: Evidence, name: str, exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    """The exchanges of a capture as they came, each counted before it is passed on."""
    evidence.captures.add(name)
    again = retries.start.start()
    for exchange in exchanges:
        _take(evidence, exchange)
        for _, seen in observations(again, exchange):
            case = (seen["operation"], seen["cause"])
            evidence.retries[(*case, seen["attempt"])] += 1
            if "delay_ms" in seen:
                evidence.waits.setdefault(case, Spread()).take(seen["delay_ms"])
        yield exchange


def client(exchange: Exchange) -> str:
    """The client as `name/version`, empty if it did not say."""
    name, version = exchange.client
    return f"{name}/{version}" if version else name


def moment(us: int) -> str:
    """Unix microseconds as RFC 3339 in UTC, to the second."""
    return f"{datetime.fromtimestamp(us // 1_000_000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _take(evidence: Evidence, exchange: Exchange) -> None:
    evidence.exchanges.take(exchange)
    evidence.ends[exchange.end.cause] += 1
    evidence.categories[exchange.category] += 1
    evidence.tags.update(exchange.tags)
    evidence.request_bytes += exchange.request.body.size
    evidence.response_bytes += exchange.response.body.size if exchange.response else 0
    _take_request(evidence, exchange)
    _take_response(evidence, exchange)


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
    evidence.authentication.setdefault(operation, Counter())[_authentication(request.headers)] += 1
    for seen in beta_flags.observe(exchange):
        for flag in sorted(set(seen["flags"])):
            evidence.flags.setdefault(flag, Seen()).take(exchange)
            evidence.flag_uses[flag, operation] += 1
            evidence.flag_clients[flag, client(exchange)] += 1


def _take_path(evidence: Evidence, operation: str, path: str) -> None:
    template = operation.partition(" ")[2]
    if "{" not in template:
        return
    values = zip(template.split("/"), path.split("/"), strict=False)
    for name, value in values:
        if name.startswith("{"):
            prefix = _PREFIX.match(value)
            seen = evidence.path_values.setdefault(operation, {}).setdefault(name.strip("{}"), HeaderSeen())
            seen.take([prefix.group() if prefix else ""], ())


def _take_response(evidence: Evidence, exchange: Exchange) -> None:
    operation, response = exchange.operation, exchange.response
    if response is None:
        return
    key = (operation, response.status)
    evidence.statuses.setdefault(key, Seen()).take(exchange)
    if response.media_type:
        evidence.media.setdefault(key, Counter())[response.media_type] += 1
    if "response-headers" not in exchange.absent:
        evidence.response_heads.setdefault(key, HeadSeen()).take(response.headers, exchange.absent)
    for seen in error_bodies.observe(exchange):
        case = seen.get("case") or seen["page"]
        evidence.errors.setdefault((seen["where"], case), Seen()).take(exchange)
        evidence.error_operations[seen["where"], case, operation] += 1
    if response.is_event_stream and response.status < 400:
        _take_events(evidence, exchange, response)


def _take_events(evidence: Evidence, exchange: Exchange, response: Response) -> None:
    """Counts the steps by event name alone, as a reader's state diagram has them."""
    names = [event.name for event in response.events if event.complete]
    broken = any("broken" in seen for seen in event_sequence.observe(exchange))
    steps = evidence.transitions.setdefault(exchange.operation, Counter())
    steps.update(pairwise([START, *names, CUT if broken else END]))
    evidence.events.setdefault(exchange.operation, Counter()).update(names)


def _authentication(headers: Headers) -> str:
    scheme = (headers.first("authorization") or "").partition(" ")[0].lower()
    if scheme:
        return scheme
    return "api-key" if headers.first("x-api-key") else "none"


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
