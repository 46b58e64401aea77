"""The witness: which client sent an exchange, who answered it, and what counts as the same evidence."""

import hashlib

from wirelore.learning.learner import Origin
from wirelore.model.exchange import Body, Exchange, without_version

SERVICE, STAND_IN, IMPORTED = "service", "stand-in", "imported"


KINDS = (SERVICE, STAND_IN, IMPORTED)
"""Who answered: a service while it was recorded, a stand-in, or whoever did when a foreign recording was made."""


def product(exchange: Exchange) -> str | None:
    """The client that evidence is counted for: the first product of its user agent without version (RFC 9110, 10.1.5).

    Empty if it does not say; None if the source of the recording does not tell.
    """
    if "request-headers" in exchange.absent:
        return None
    return without_version(exchange.request.client)


def answered_by(exchange: Exchange) -> str:
    """Who answered an exchange: one of KINDS."""
    return {"recorded": SERVICE, "stand-in": STAND_IN}.get(exchange.origin, IMPORTED)


def origin(exchange: Exchange) -> Origin:
    """What evidence is counted by.

    The witness is a hash of the address and both bodies: a request that is repeated and answered in the same words is
    the same evidence. The version is the whole user agent.
    """
    made = hashlib.blake2b(_text(exchange.operation, exchange.request.target), digest_size=4)
    for message in (exchange.request, exchange.response):
        body = Body() if message is None else message.body
        made.update((body.sha256 or hashlib.sha256(body.read()).hexdigest()).encode())
    return Origin(made.hexdigest(), exchange.request.headers.first("user-agent") or "")


def _text(*parts: str) -> bytes:
    return " ".join(parts).encode("utf-8", "surrogatepass")
