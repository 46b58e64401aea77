"""The contract of an analyzer, and the registry that finds all of them by folder."""

import hashlib
import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import analyzers
from captures.model import Body, Exchange, without_version
from schemas.learn import Origin

Observation = dict[str, Any]
"""A small JSON document: what an analyzer saw of an exchange."""

Observe = Callable[[Exchange], "Observation | Iterator[Observation] | None"]
"""Pure: one observation, several (each judged by itself), or None where there is nothing to observe."""


@dataclass(frozen=True)
class Analyzer:
    """A named observer, and the module docstring that explains it."""

    id: str
    doc: str
    summary: str
    start: Callable[[], Observe]
    """Begins a capture. What spans exchanges keeps its state in the function that it returns."""
    spans: bool = False
    """Whether it must see all exchanges of a capture, in order."""

    def __call__(self, exchange: Exchange) -> list[Observation]:
        """The observations of one exchange, seen by itself."""
        return [observation for _, observation in observations(self.start(), exchange)]


def analyzer(observe: Observe) -> Analyzer:
    """Makes an analyzer of a function of one exchange."""
    return _made(observe, lambda: observe)


def over_capture(start: Callable[[], Observe]) -> Analyzer:
    """Makes an analyzer of a function that begins a capture and returns an observer with memory."""
    return _made(start, start, spans=True)


def observations(observe: Observe, exchange: Exchange) -> Iterator[tuple[int | None, Observation]]:
    """What an observer saw of an exchange; numbered from 1 where it made several observations, else None."""
    seen = observe(exchange)
    if isinstance(seen, Iterator):
        yield from enumerate(seen, 1)
    elif seen is not None:
        yield None, seen


def product(exchange: Exchange) -> str | None:
    """The client that evidence is counted for: the first product of its user agent without version (RFC 9110, 10.1.5).

    Empty if it does not say; None if the source of the recording does not tell.
    """
    if "request-headers" in exchange.absent:
        return None
    return without_version(exchange.request.client)


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


@cache
def registry() -> dict[str, Analyzer]:
    """Every analyzer by its id, sorted: each public module of this folder holds exactly one."""
    found = {}
    for module in pkgutil.iter_modules(analyzers.__path__):
        if not module.name.startswith("_"):
            members = vars(importlib.import_module(f"analyzers.{module.name}")).values()
            (one,) = [member for member in members if isinstance(member, Analyzer)]
            found[one.id] = one
    return dict(sorted(found.items()))


def _made(function: Callable[..., Any], start: Callable[[], Observe], *, spans: bool = False) -> Analyzer:
    module = sys.modules[function.__module__]
    name = function.__module__.rpartition(".")[2].replace("_", "-")
    return Analyzer(name, (module.__doc__ or "").strip(), (function.__doc__ or "").strip(), start, spans)
