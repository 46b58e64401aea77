"""What is counted of one thing: messages, times, clients, values, forms. Counts merge in any order."""

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
    """How many exchanges showed something, when (Unix microseconds, None if unknown), and from which clients."""

    count: int = 0
    first_us: int | None = None
    last_us: int | None = None
    clients: set[str] = field(default_factory=set)
    origins: Counter[str] = field(default_factory=Counter)
    """Exchanges by where they came from: `recorded`, `stand-in`, or the format imported from."""

    def take(self, exchange: Exchange) -> None:
        """Counts an exchange."""
        time = None if "start" in exchange.absent else exchange.started_us
        self.merge(Seen(1, time, time, {exchange.request.client} - {""}, Counter([exchange.origin])))

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
    example: str | None = None
    """The shortest value that is no secret and no free text; of equally short ones the first in the alphabet."""

    def take(self, values: Iterable[str], spellings: Iterable[str], example: str | None = None) -> None:
        """Counts one message that carried the header; `example` is given where the values are not the whole."""
        self.count += 1
        distinct = set(values)
        self._offer(distinct if example is None else {example})
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
        self._offer(set() if other.example is None else {other.example})
        self.many = self.many or other.many
        self._bound()

    def _offer(self, values: set[str]) -> None:
        if self.example is not None:
            values = {value for value in values if len(value) <= len(self.example)} | {self.example}
        shown = (value for value in values if value == self.example or is_showable(value))
        self.example = min(shown, key=lambda value: (len(value), value), default=None)

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


def moment(us: int) -> str:
    """Unix microseconds as RFC 3339 in UTC, to the second."""
    return f"{datetime.fromtimestamp(us // 1_000_000, UTC):%Y-%m-%dT%H:%M:%SZ}"
