"""The origin of an exchange: its client, the source of its response, and the digest that identifies equal evidence."""

import hashlib

from wirelore.learning.learner import Origin
from wirelore.model.exchange import Body, Exchange, without_version

SERVICE, STAND_IN, IMPORTED = "service", "stand-in", "imported"


KINDS = (SERVICE, STAND_IN, IMPORTED)
"""The sources of responses: a recorded service, a stand-in, or the unknown source of an imported recording."""


def product(exchange: Exchange) -> str | None:
    """Return the client that evidence is counted for: the first product of its user agent, without version.

    (RFC 9110, 10.1.5.) Empty if the request has no user agent; None if the source of the recording lacks the headers.
    """
    if "request-headers" in exchange.absent:
        return None
    return without_version(exchange.request.client)


def answered_by(exchange: Exchange) -> str:
    """Return the source of an exchange's response, one of KINDS."""
    return {"recorded": SERVICE, "stand-in": STAND_IN}.get(exchange.origin, IMPORTED)


def origin(exchange: Exchange) -> Origin:
    """Return the witness and the version by which evidence is counted.

    The witness is a hash of the address and both bodies: a repeated request with the same response is the same
    evidence. The version is the complete user agent.
    """
    digest = hashlib.blake2b(_text(exchange.operation, exchange.request.target), digest_size=4)
    for message in (exchange.request, exchange.response):
        body = Body() if message is None else message.body
        digest.update((body.sha256 or hashlib.sha256(body.read()).hexdigest()).encode())
    return Origin(digest.hexdigest(), exchange.request.headers.first("user-agent") or "")


def _text(*parts: str) -> bytes:
    return " ".join(parts).encode("utf-8", "surrogatepass")
