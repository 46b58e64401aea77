"""Counts of messages, times, clients, values and forms, which merge in any order."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from wirelore.evidence.value_forms import form, is_showable
from wirelore.model.exchange import Exchange, Headers

_VALUES_KEPT = 12
_ORDERS_KEPT = 64


@dataclass
class Seen:
    """The number, times (Unix microseconds, None if unknown) and clients of the exchanges with an item."""

    count: int = 0
    first_us: int | None = None
    last_us: int | None = None
    clients: set[str] = field(default_factory=set)
    origins: Counter[str] = field(default_factory=Counter)
    """Exchanges by origin: `recorded`, `stand-in`, or the imported format."""

    def add(self, exchange: Exchange) -> None:
        """Count an exchange."""
        time = None if "start" in exchange.absent else exchange.started_us
        self.merge(Seen(1, time, time, {exchange.request.client} - {""}, Counter([exchange.origin])))

    def merge(self, other: "Seen") -> None:
        """Add other counts."""
        self.count += other.count
        times = [us for us in (self.first_us, other.first_us) if us is not None]
        self.first_us = min(times, default=None)
        self.last_us = max((us for us in (self.last_us, other.last_us) if us is not None), default=None)
        self.clients |= other.clients
        self.origins += other.origins

    def described(self) -> dict[str, Any]:
        """Return the content of `x-observed`: count, first and last time (RFC 3339, in seconds), client versions."""
        content: dict[str, Any] = {"count": self.count}
        if self.first_us is not None and self.last_us is not None:
            content |= {"first": moment(self.first_us), "last": moment(self.last_us)}
        return {**content, "clients": sorted(self.clients), "origins": dict(sorted(self.origins.items()))}


@dataclass
class Spread:
    """The minimum, the maximum and the count of a number."""

    count: int = 0
    least: int | None = None
    most: int | None = None

    def add(self, number: int) -> None:
        """Count a number."""
        self.merge(Spread(1, number, number))

    def merge(self, other: "Spread") -> None:
        """Add other counts."""
        self.count += other.count
        self.least = min((each for each in (self.least, other.least) if each is not None), default=None)
        self.most = max((each for each in (self.most, other.most) if each is not None), default=None)


@dataclass
class HeaderSeen:
    """The messages, values, forms and spellings of one header or query parameter."""

    count: int = 0
    values: Counter[str] = field(default_factory=Counter)
    """Values with counts; empty, with `many` set, if there are more than twelve."""
    many: bool = False
    forms: Counter[str] = field(default_factory=Counter)
    """Messages by the form of a value: `integer`, `date-time`, `id`, `text`, ..."""
    spellings: Counter[str] = field(default_factory=Counter)
    example: str | None = None
    """The shortest value that is neither a secret nor free text; of equally short ones the first alphabetically."""

    def add(self, values: Iterable[str], spellings: Iterable[str], example: str | None = None) -> None:
        """Count a message with the header; `example` is the complete value if `values` are only parts."""
        self.count += 1
        distinct = set(values)
        self._offer(distinct if example is None else {example})
        if not self.many:
            self.values.update(distinct)
        self.forms.update({form(value) for value in distinct})
        self.spellings.update(set(spellings))
        self._bound()

    def merge(self, other: "HeaderSeen") -> None:
        """Add other counts."""
        self.count += other.count
        self.values += other.values
        self.forms += other.forms
        self.spellings += other.spellings
        self._offer(set() if other.example is None else {other.example})
        self.many = self.many or other.many
        self._bound()

    def _offer(self, values: set[str]) -> None:
        if self.example is not None:
            values = {value for value in values if len(value) <= len(self.example)} | {self.example}
        candidates = (value for value in values if value == self.example or is_showable(value))
        self.example = min(candidates, key=lambda value: (len(value), value), default=None)

    def _bound(self) -> None:
        if self.many or len(self.values) > _VALUES_KEPT:
            self.many = True
            self.values.clear()


@dataclass
class HeadSeen:
    """The headers of one kind of message."""

    count: int = 0
    """Messages with recorded headers."""
    headers: dict[str, HeaderSeen] = field(default_factory=dict)
    orders: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """Sequences of lower-case names with counts; empty, with `many_orders` set, if there are more than 64."""
    many_orders: bool = False

    def add(self, headers: Headers, absent: tuple[str, ...]) -> None:
        """Count the headers of a message."""
        self.count += 1
        for name in {name.lower() for name, _ in headers}:
            lines = [(key, value) for key, value in headers if key.lower() == name]
            used_spellings = [] if "header-case" in absent else [key for key, _ in lines]
            self.headers.setdefault(name, HeaderSeen()).add([value for _, value in lines], used_spellings)
        if "header-order" not in absent:
            self.orders[tuple(name.lower() for name, _ in headers)] += 1
            self._bound()

    def merge(self, other: "HeadSeen") -> None:
        """Add other counts."""
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


def moment(us: int) -> str:
    """Return Unix microseconds as RFC 3339 in UTC, in seconds."""
    return f"{datetime.fromtimestamp(us // 1_000_000, UTC):%Y-%m-%dT%H:%M:%SZ}"
