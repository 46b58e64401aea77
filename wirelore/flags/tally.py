"""What is counted of beta flags while exchanges go by; the order in which they come makes no difference."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from wirelore.analysis import witness
from wirelore.analysis.one_pass import Observed
from wirelore.analysis.registry import registry
from wirelore.evidence.collector import authenticated, writable
from wirelore.evidence.counts import Seen
from wirelore.flags.request_paths import Place, Shut, places
from wirelore.model.exchange import Exchange, without_version
from wirelore.model.json_pointer import text_at
from wirelore.model.protocol import protocol

SERVICE, STANDIN, IMPORTED = "real service", "stand-in", "imported"
"""Kinds of evidence: who answered what was recorded, in the words of the table."""
KINDS = (SERVICE, IMPORTED, STANDIN)
"""The strongest first."""
_WORDS = {witness.SERVICE: SERVICE, witness.STAND_IN: STANDIN, witness.IMPORTED: IMPORTED}

SAMPLE = 1_000
"""Requests of one operation and version whose places are kept; of more, those with the least hashes."""
REFUSALS = 200
"""Kinds of refusals that are kept."""
_REFUSED = 400
_LONGEST = 500
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_DATED = re.compile(r"-(?:\d{4}-\d\d-\d\d|\d{8})\Z")


class Group(NamedTuple):
    """Requests whose places are compared."""

    client: str
    """The client that the capture's labels name, else the first product of the user agent; empty if neither."""
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
        """The requests whose places are compared with its."""
        return Group(self.client, self.version, self.operation)


class Row(NamedTuple):
    """One distinct request."""

    scenario: str
    flags: frozenset[str]
    places: frozenset[Place]


class Refusal(NamedTuple):
    """Answers with status 400 that say the same to requests with the same flags; sorts by what matters."""

    unnamed: bool
    """Whether the message names nothing that looks like a flag."""
    rank: int
    """Of the kind of evidence, in KINDS."""
    operation: str
    message: str
    named: tuple[str, ...]
    """Words of the message that look like flags, and the request's flags that it contains."""
    carried: tuple[str, ...]


@dataclass
class FlagSeen:
    """One flag."""

    seen: Seen = field(default_factory=Seen)
    captures: set[int] = field(default_factory=set)
    agents: set[str] = field(default_factory=set)
    """First products of user agents without version; not empty ones."""
    cells: Counter[Cell] = field(default_factory=Counter)
    statuses: Counter[tuple[str, int | None]] = field(default_factory=Counter)
    """By kind of evidence and status; None where no answer came."""


@dataclass
class FlagTally:
    """The counts."""

    shut: Shut = field(default_factory=Shut)
    captures: int = 0
    requests: Counter[Cell] = field(default_factory=Counter)
    """All requests whose headers are known, with a flag or without."""
    carrying: int = 0
    """Requests with a flag."""
    flags: dict[str, FlagSeen] = field(default_factory=dict)
    unwalked: Counter[Group] = field(default_factory=Counter)
    """Requests whose places are not known: the body was lost, or is too large."""
    refusals: dict[Refusal, tuple[int, str]] = field(default_factory=dict)
    """Count, and the first of the exchanges by name, as `capture/id`."""
    refusals_dropped: bool = False
    """Whether there were more kinds than are kept."""
    rows: dict[Group, dict[bytes, Row]] = field(default_factory=dict)
    _same: dict[Any, Any] = field(default_factory=dict)
    _labels: Mapping[str, str] = field(default_factory=dict)
    """Of the capture that is being counted."""

    @property
    def analyzers(self) -> Iterable[str]:
        """Those whose observations are counted."""
        return ("beta-flags", "request-bodies", "error-bodies")

    def begin(self, capture: str, labels: Mapping[str, str]) -> None:
        """A capture begins, recorded with these labels."""
        self.captures += 1
        self._labels = labels

    def take(self, observed: Observed) -> None:
        """Counts an exchange whose request's headers are known."""
        if registry()["beta-flags"].sees(observed.exchange):
            self._take(observed)

    def sample(self, group: Group) -> list[Row]:
        """The distinct requests of a group, at most SAMPLE of them."""
        kept = self.rows[group]
        return [kept[witness] for witness in sorted(kept)[:SAMPLE]]

    def _take(self, observed: Observed) -> None:
        exchange = observed.exchange
        cell = _cell(observed, self._labels)
        flags = frozenset(flag for seen in observed.of("beta-flags") for flag in seen["flags"])
        self.requests[cell] += 1
        self.carrying += bool(flags)
        status = _status(exchange)
        for flag in flags:
            one = self.flags.setdefault(flag, FlagSeen())
            one.seen.take(exchange)
            one.captures.add(self.captures)
            one.agents |= {without_version(exchange.request.client)} - {""}
            one.cells[cell] += 1
            if status != 0:
                one.statuses[cell.kind, status] += 1
        self._take_row(observed, cell, flags)
        if status == _REFUSED:
            self._take_refusal(observed, cell, flags)

    def _take_row(self, observed: Observed, cell: Cell, flags: frozenset[str]) -> None:
        group = cell.group
        found = places(observed, self.shut)
        if found is None:
            self.unwalked[group] += 1
            return
        kept = self.rows.setdefault(group, {})
        witness = _witness(observed.exchange, cell.scenario, flags)
        if witness in kept:  # the same request sent again: what all of its copies have
            found &= kept[witness].places
        kept[witness] = Row(cell.scenario, self._one(flags), self._one(frozenset(map(self._one, found))))
        if len(kept) >= 2 * SAMPLE:
            for each in sorted(kept)[SAMPLE:]:
                del kept[each]
            self._same = {one: one for rows in self.rows.values() for row in rows.values() for one in _values(row)}

    def _one(self, value: Any) -> Any:
        """The value itself, one object for all that are equal."""
        return self._same.setdefault(value, value)

    def _take_refusal(self, observed: Observed, cell: Cell, flags: frozenset[str]) -> None:
        exchange = observed.exchange
        message = _message(observed)
        named = {word for word in _WORD.findall(message) if _DATED.search(word)} | {
            one for one in flags if one in message
        }
        if not named and not flags:
            return
        rank = KINDS.index(cell.kind)
        key = Refusal(not named, rank, cell.operation, message[:_LONGEST], tuple(sorted(named)), tuple(sorted(flags)))
        count, place = self.refusals.get(key, (0, f"{exchange.capture}/{exchange.id}"))
        self.refusals[key] = (count + 1, min(place, f"{exchange.capture}/{exchange.id}"))
        if len(self.refusals) > REFUSALS:  # what is dropped once stays dropped: its betters only become more
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
    way = authenticated(exchange.request.headers)
    return Cell(name, version, exchange.operation, labels.get("scenario", ""), _model(observed), way, kind)


def _model(observed: Observed) -> str:
    """The model that the request's body names, empty if it names none."""
    for seen in observed.of("request-bodies"):
        if (model := text_at(seen.get("body"), (protocol().model_member,))) is not None:
            return writable(model[:_LONGEST])
    return ""


def _status(exchange: Exchange) -> int | None:
    """The answer's status; None if none came, 0 if the source does not tell."""
    if exchange.response is None:
        return None
    return 0 if "status" in exchange.absent else exchange.response.status


def _message(observed: Observed) -> str:
    """What the body of an error says, or its size."""
    for seen in observed.of("error-bodies"):
        if (message := protocol().error_message(seen.get("body"))) is not None:
            return writable(message)
    response = observed.exchange.response
    return f"(no message; {response.body.size if response else 0} bytes)"


def _witness(exchange: Exchange, scenario: str, flags: frozenset[str]) -> bytes:
    body = exchange.request.body
    content = body.sha256 or hashlib.sha256(body.read()).hexdigest()
    text = "\0".join([exchange.operation, exchange.request.target, content, scenario, *sorted(flags)])
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
