"""Comparison of a capture with the requests that the stand-in received, byte for byte except for the secrets.

The secrets are located independently of the recorder's rules: the fake values, ids by their form (except for a public
client id), and keys for feature flags, also in base64 of JSON. In their places the recording must have their pseudonyms
under the run's key, and everywhere else the same bytes.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from tests.real_cli import invented
from wirelore.model.exchange import Exchange, Request
from wirelore.redaction.pseudonyms import Pseudonyms
from wirelore.redaction.secret_rules import packaged
from wirelore.replayer.connection import ReceivedRequest

_SECRET = re.compile(
    "|".join(
        [
            *(re.escape(str(token)) for token in invented.TOKENS.values()),
            *(re.escape(value) for value in invented.IDS.values()),
            r"(?<!\"client_id\":\")[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])",
            r"(?<=/home/)[a-z0-9]+|(?<=/Users/)[a-z0-9]+",
            r"(?<![a-z])(?!noreply@)[a-z]+@[a-z]+\.(?:com|org)",
            r"client-[A-Za-z0-9]{40,}",
        ]
    ).encode()
)
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{24,}={0,2}")


def ids_in_base64(part: bytes) -> set[bytes]:
    """Return the secrets in base64-encoded JSON in a part of a request."""
    contents = (_json_in(found) for found in _BASE64.findall(part))
    return {found[0] for content in contents if content for found in _SECRET.finditer(content)}


def differences(seen: Iterable[ReceivedRequest], exchanges: Iterable[Exchange], key: bytes) -> list[str]:
    """Return a line for each request to the stand-in that the exchanges do not contain unchanged."""
    pseudonyms = Pseudonyms(key, packaged().prefix)
    recorded = [_parts(exchange.request) for exchange in exchanges]
    lines = []
    for request in seen:
        wanted = [_replaced(part, pseudonyms) for part in _seen_parts(request)]
        if wanted in recorded:
            recorded.remove(wanted)
            continue
        alike = [parts for parts in recorded if _shape(parts) == _shape(wanted)]
        nearest = max(alike, key=lambda parts: sum(map(bytes.__eq__, parts, wanted)), default=None)
        found = "; ".join(_places(wanted, nearest)) if nearest else "nothing like it is recorded"
        lines.append(f"{request.method} {request.target.partition('?')[0]}: {found}")
    return lines


def _shape(parts: list[bytes]) -> tuple[bytes, bytes]:
    return parts[0], parts[1].partition(b"?")[0]


def _seen_parts(seen: ReceivedRequest) -> list[bytes]:
    lines = [f"{name}: {value}".encode("latin-1") for name, value in seen.headers]
    return [seen.method.encode(), seen.target.encode("latin-1"), seen.body, *lines]


def _parts(request: Request) -> list[bytes]:
    """The parts as `_seen_parts` has them, the target in the origin form in which a proxy sends it on."""
    target = request.target
    if request.absolute:
        target = "/" + target.partition("://")[2].partition("/")[2]
    lines = [f"{name}: {value}".encode("latin-1") for name, value in request.headers]
    return [request.method.encode(), target.encode("latin-1"), request.body.read(), *lines]


def _replaced(part: bytes, pseudonyms: Pseudonyms) -> bytes:
    part = _BASE64.sub(lambda found: _rewritten(found[0], pseudonyms), part)
    return _SECRET.sub(lambda found: pseudonyms.pseudonym(found[0]), part)


def _rewritten(text: bytes, pseudonyms: Pseudonyms) -> bytes:
    content = _json_in(text)
    return text if content is None else base64.b64encode(_replaced(content, pseudonyms))


def _json_in(text: bytes) -> bytes | None:
    """Return the decoded content of base64 if it is JSON other than a number."""
    try:
        content = base64.b64decode(text, validate=True)
        document = json.loads(content)
    except ValueError:
        return None
    return content if isinstance(document, dict | list) else None


def _places(wanted: list[bytes], found: list[bytes]) -> Iterator[str]:
    for one, other in zip_longest(wanted, found, fillvalue=b""):
        if one != other:
            at = next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
            around = slice(max(0, at - 40), at + 40)
            yield f"byte {at} of {len(one)}: expected {one[around]!r}, recorded {other[around]!r} of {len(other)}"
