"""The draft: a foreign recording's exchange before redaction, and the words that importers share to make one."""

import base64
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from wirelore.model.codec import octets
from wirelore.model.exchange import End, Exchange, Headers, Request, Response
from wirelore.model.exchange_parts import PARTS

Pieces = Sequence[tuple[int, bytes]]
"""A body as it came: (microseconds from the request's first byte, bytes)."""

_QUOTED = 4096
_LIMITS = {"method": 100, "host": 1 << 12, "target": 1 << 16}
"""Characters of what an index line tells of a request: the index is read line by line."""
_SHOWN = 400
_LATEST_US = 253_402_300_799_000_000


@dataclass(frozen=True)
class Draft:
    """A whole exchange before redaction, in the words of `store.Writer.write`."""

    exchange: Exchange
    """Heads, start, end, connection, origin, source and absent; its bodies are empty."""
    request_body: Pieces = ()
    response_body: Pieces = ()
    encoded: Collection[str] = ()
    """The sides (`request`, `response`) whose bytes still have the content-encoding that their headers name."""
    head_us: int | None = None
    """When the response's head came (microseconds from the request's first byte), None if not told."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """Further members of exchange.json: `websocket` with its messages."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be imported: the file, the place in it (empty: all of it), what was found, what was expected."""

    file: str
    place: str
    found: str
    expected: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.place}" if self.place else self.file
        return shown(f"{where}: {self.found}; {self.expected}")


def shown(text: str) -> str:
    """A foreign text on one line, fit for a terminal: what cannot be printed is escaped, a long one is cut."""
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


class EntryError(Exception):
    """An entry is not as its format wants it; the message is what was found, `expected` what should have been."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found)
        self.expected = expected


def exchange(
    origin: str,
    source: str,
    request: Request,
    response: Response | None,
    *,
    started_us: int | None,
    end: End,
    absent: Iterable[str],
    connection: Mapping[str, Any] | None = None,
) -> Exchange:
    """An exchange of an import; without a start it begins at 0 and `start` and `times` are absent.

    Raises EntryError if it ends later than can be written, or if its request has what fits no line of the index, and
    ValueError if `absent` names anything but the parts of an exchange (PARTS).
    """
    for part, limit in _LIMITS.items():
        if len(getattr(request, part)) > limit:
            raise EntryError(f"a {part} of {len(getattr(request, part))} characters", f"expected at most {limit}")
    if end.us and in_range((started_us or 1) + end.us) is None:
        raise EntryError(f"an end {end.us} us after the start", "expected an end before the year 10000")
    request = replace(request, method=_utf8(request.method), scheme=_utf8(request.scheme), host=_utf8(request.host))
    response = response and replace(response, reason=_utf8(response.reason))
    missing = {*absent, *(() if started_us is not None else ("start", "times"))}
    if unknown := sorted(missing - PARTS.keys()):
        raise ValueError(f"absent names {unknown[0]!r}; the parts of an exchange are {', '.join(PARTS)}")
    return Exchange(
        id="",
        sequence=0,
        started_us=started_us or 0,
        request=request,
        response=response,
        end=replace(end, message=_utf8(end.message)),
        operation="",
        connection=connection or {},
        origin=origin,
        source=source,
        absent=tuple(sorted(missing)),
    )


def _utf8(text: str) -> str:
    """The text, with what JSON can say and UTF-8 cannot (lone surrogates) written out."""
    return text.encode("utf-8", "backslashreplace").decode()


def whole(content: bytes, us: int = 0) -> Pieces:
    """A body that came in one piece; nothing for an empty one."""
    return ((us, content),) if content else ()


def header(name: str, value: str) -> tuple[str, str]:
    """A header line as `Headers` wants it: its bytes read as latin-1."""
    return octets(name).decode("latin-1"), octets(value).decode("latin-1")


def unbase64(found: Any, what: str = "a body") -> bytes:
    """The bytes of base64, which may be broken into lines. Raises EntryError for any other character."""
    try:
        return base64.b64decode("".join(found.split()) if isinstance(found, str) else found, validate=True)
    except (ValueError, TypeError) as fault:
        raise EntryError(f"{what} that is no base64 ({fault})", "expected base64, as its encoding says") from None


def headers_of(found: Any, side: str) -> Headers:
    """Header lines of a mapping of names to a value or a list of values. Raises EntryError."""
    if found is None:
        return Headers()
    if not isinstance(found, dict):
        raise EntryError(f"{side} headers are a {kind(found)}", "expected a mapping of names to values")
    lines = []
    for name, value in found.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict | list):
                raise EntryError(f"{side} header {name!r} has a {kind(one)} as value", "expected text")
            lines.append(header(str(name), one.decode("latin-1") if isinstance(one, bytes) else str(one)))
    return Headers(tuple(lines))


def mapping(found: Any, what: str) -> dict[str, Any]:
    """The value if it is a mapping. Raises EntryError."""
    if not isinstance(found, dict):
        raise EntryError(f"{what} is {kind(found)}", "expected a mapping")
    return found


def status_of(found: Any) -> int:
    """A status code of a number or its text, 0 where none was received. Raises EntryError."""
    try:
        status = int(found or 0)
    except (TypeError, ValueError, OverflowError):
        status = -1
    if not (status == 0 or 100 <= status <= 999):
        raise EntryError(f"status {quoted(found)}", "expected a number from 100 to 999")
    return status


def quoted(found: object) -> str:
    """A value for a problem, whole: cut, a secret in it might not be recognised any more when problems are redacted."""
    text = repr(str(found))
    return text if len(text) <= _QUOTED else f"of {len(text)} characters"


def iso_us(text: Any) -> int | None:
    """Unix microseconds of an ISO 8601 time (without a zone: UTC) or an HTTP date; None if it is neither."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        whole_seconds = int(moment.replace(microsecond=0).timestamp())
    except (OverflowError, ValueError):
        return None
    return in_range(whole_seconds * 1_000_000 + moment.microsecond)


def unix_us(seconds: Any) -> int | None:
    """Unix microseconds of Unix seconds; None if it is no number or out of range."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < 1e12:
        return None
    return in_range(round(seconds * 1_000_000))


def in_range(us: int) -> int | None:
    """The Unix microseconds if they are a time that can be written, up to the year 9999."""
    return us if 0 < us <= _LATEST_US else None


def kind(found: Any) -> str:
    """What a value is, in the words of JSON."""
    names = {dict: "a mapping", list: "a list", str: "text", bytes: "bytes", type(None): "nothing", bool: "a boolean"}
    return names.get(type(found), "a number")
