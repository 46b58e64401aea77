"""Counting of beta flags over exchanges; the result does not depend on their order."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from wirelore.analysis import witness
from wirelore.analysis.one_pass import Observed
from wirelore.analysis.registry import registry
from wirelore.evidence.collector import authenticated, without_surrogates
from wirelore.evidence.counts import Seen
from wirelore.flags.request_paths import Place, Shut, places
from wirelore.model.exchange import Exchange, without_version
from wirelore.model.json_pointer import text_at
from wirelore.model.protocol import protocol

SERVICE, STANDIN, IMPORTED = "real service", "stand-in", "imported"
"""Kinds of evidence by the source of the response, as named in the table."""
KINDS = (SERVICE, IMPORTED, STANDIN)
"""The kinds of evidence, the strongest first."""
_WORDS = {witness.SERVICE: SERVICE, witness.STAND_IN: STANDIN, witness.IMPORTED: IMPORTED}

SAMPLE = 1_000
"""Maximum number of requests of one operation and version whose places are stored: those with the lowest hashes."""
REFUSALS = 200
"""Maximum number of stored kinds of rejections."""
_REFUSED = 400
_LONGEST = 500
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_DATED = re.compile(r"-(?:\d{4}-\d\d-\d\d|\d{8})\Z")


class Group(NamedTuple):
    """Requests whose places are compared with each other."""

    client: str
    """The client in the capture's labels, else the first product of the user agent, else empty."""
    version: str
    operation: str


class Cell(NamedTuple):
    """Requests that are counted together."""

    client: str
    version: str
    operation: str
    scenario: str
    model: str
    authentication: str
    kind: str

    @property
    def group(self) -> Group:
        """The group of these requests."""
        return Group(self.client, self.version, self.operation)


class Row(NamedTuple):
    """One distinct request."""

    scenario: str
    flags: frozenset[str]
    places: frozenset[Place]


class Refusal(NamedTuple):
    """Responses with status 400 and equal messages to requests with equal flags; sorts by relevance."""

    unnamed: bool
    """True if the message names nothing that looks like a flag."""
    rank: int
    """The index of the kind of evidence in KINDS."""
    operation: str
    message: str
    named: tuple[str, ...]
    """Words of the message that look like flags, and flags of the request that occur in the message."""
    carried: tuple[str, ...]


@dataclass
class FlagSeen:
    """The counts of one flag."""

    seen: Seen = field(default_factory=Seen)
    captures: set[int] = field(default_factory=set)
    agents: set[str] = field(default_factory=set)
    """The first products of user agents, without version; never empty."""
    cells: Counter[Cell] = field(default_factory=Counter)
    statuses: Counter[tuple[str, int | None]] = field(default_factory=Counter)
    """Requests by kind of evidence and status; None if there was no response."""


@dataclass
class FlagTally:
    """The counts of beta flags; a collector."""

    shut: Shut = field(default_factory=Shut)
    captures: int = 0
    requests: Counter[Cell] = field(default_factory=Counter)
    """All requests with recorded headers, with or without flags."""
    carrying: int = 0
    """Requests with a flag."""
    flags: dict[str, FlagSeen] = field(default_factory=dict)
    unwalked: Counter[Group] = field(default_factory=Counter)
    """Requests whose places are unknown because the body was lost or is too large."""
    refusals: dict[Refusal, tuple[int, str]] = field(default_factory=dict)
    """The count, and the first exchange by name (`capture/id`)."""
    refusals_dropped: bool = False
    """True if some kinds of rejections were dropped because there were too many."""
    rows: dict[Group, dict[bytes, Row]] = field(default_factory=dict)
    _intern: dict[Any, Any] = field(default_factory=dict)
    _labels: Mapping[str, str] = field(default_factory=dict)
    """The labels of the current capture."""

    @property
    def analyzers(self) -> Iterable[str]:
        """The ids of the analyzers whose observations are counted."""
        return ("beta-flags", "request-bodies", "error-bodies")

    def begin(self, capture: str, labels: Mapping[str, str]) -> None:
        """Begin a capture with these labels."""
        self.captures += 1
        self._labels = labels

    def add(self, observed: Observed) -> None:
        """Count an exchange with recorded request headers."""
        if registry()["beta-flags"].sees(observed.exchange):
            self._count(observed)

    def sample(self, group: Group) -> list[Row]:
        """Return at most SAMPLE distinct requests of a group."""
        rows = self.rows[group]
        return [rows[witness] for witness in sorted(rows)[:SAMPLE]]

    def _count(self, observed: Observed) -> None:
        exchange = observed.exchange
        cell = _cell(observed, self._labels)
        flags = frozenset(flag for observation in observed.observations("beta-flags") for flag in observation["flags"])
        self.requests[cell] += 1
        self.carrying += bool(flags)
        status = _status(exchange)
        for flag in flags:
            flag_seen = self.flags.setdefault(flag, FlagSeen())
            flag_seen.seen.add(exchange)
            flag_seen.captures.add(self.captures)
            flag_seen.agents |= {without_version(exchange.request.client)} - {""}
            flag_seen.cells[cell] += 1
            if status != 0:
                flag_seen.statuses[cell.kind, status] += 1
        self._count_row(observed, cell, flags)
        if status == _REFUSED:
            self._count_refusal(observed, cell, flags)

    def _count_row(self, observed: Observed, cell: Cell, flags: frozenset[str]) -> None:
        group = cell.group
        row_places = places(observed, self.shut)
        if row_places is None:
            self.unwalked[group] += 1
            return
        rows = self.rows.setdefault(group, {})
        witness = _witness(observed.exchange, cell.scenario, flags)
        if witness in rows:  # a repeated request: keep the places that all copies have
            row_places &= rows[witness].places
        shared = self._interned(frozenset(map(self._interned, row_places)))
        rows[witness] = Row(cell.scenario, self._interned(flags), shared)
        if len(rows) >= 2 * SAMPLE:
            for surplus in sorted(rows)[SAMPLE:]:
                del rows[surplus]
            stored = (
                value for group_rows in self.rows.values() for row in group_rows.values() for value in _values(row)
            )
            self._intern = {value: value for value in stored}

    def _interned(self, value: Any) -> Any:
        """Return one shared object for all equal values."""
        return self._intern.setdefault(value, value)

    def _count_refusal(self, observed: Observed, cell: Cell, flags: frozenset[str]) -> None:
        exchange = observed.exchange
        message = _message(observed)
        named = {word for word in _WORD.findall(message) if _DATED.search(word)} | {
            flag for flag in flags if flag in message
        }
        if not named and not flags:
            return
        rank = KINDS.index(cell.kind)
        key = Refusal(not named, rank, cell.operation, message[:_LONGEST], tuple(sorted(named)), tuple(sorted(flags)))
        count, place = self.refusals.get(key, (0, f"{exchange.capture}/{exchange.id}"))
        self.refusals[key] = (count + 1, min(place, f"{exchange.capture}/{exchange.id}"))
        if len(self.refusals) > REFUSALS:  # a dropped kind never returns, because the kept ones rank higher
            del self.refusals[max(self.refusals)]
            self.refusals_dropped = True


def _values(row: Row) -> Iterator[Any]:
    yield row.flags
    yield row.places
    yield from row.places


def _cell(observed: Observed, labels: Mapping[str, str]) -> Cell:
    exchange = observed.exchange
    name = without_version(exchange.request.client)
    version = exchange.request.client[len(name) + 1 :]
    if "client" in labels:
        name, version = labels["client"], labels.get("version", "")
    kind = _WORDS[witness.answered_by(exchange)]
    authentication = authenticated(exchange.request.headers)
    return Cell(name, version, exchange.operation, labels.get("scenario", ""), _model(observed), authentication, kind)


def _model(observed: Observed) -> str:
    """Return the model in the request body; empty if there is none."""
    for observation in observed.observations("request-bodies"):
        if (model := text_at(observation.get("body"), (protocol().model_member,))) is not None:
            return without_surrogates(model[:_LONGEST])
    return ""


def _status(exchange: Exchange) -> int | None:
    """Return the status; None if there was no response, 0 if the source lacks the status."""
    if exchange.response is None:
        return None
    return 0 if "status" in exchange.absent else exchange.response.status


def _message(observed: Observed) -> str:
    """Return the message of an error body, or its size."""
    for observation in observed.observations("error-bodies"):
        if (message := protocol().error_message(observation.get("body"))) is not None:
            return without_surrogates(message)
    response = observed.exchange.response
    return f"(no message; {response.body.size if response else 0} bytes)"


def _witness(exchange: Exchange, scenario: str, flags: frozenset[str]) -> bytes:
    body = exchange.request.body
    content = body.sha256 or hashlib.sha256(body.read()).hexdigest()
    text = "\0".join([exchange.operation, exchange.request.target, content, scenario, *sorted(flags)])
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
