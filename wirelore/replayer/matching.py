"""Matching: which recorded exchange answers a request, by operation, content and turn."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from wirelore.model import codec
from wirelore.model.exchange import COMPLETE, Exchange, Request
from wirelore.model.routes import Routes, guessed_template

_NOT_THE_SERVERS = ("client-gone", "shutdown", "not-recorded", "recorder-lost", "tls-failed")
"""Causes that tell nothing about what the server would have answered, when no response came."""


@dataclass(frozen=True)
class Asked:
    """What of a request decides which answer fits."""

    operation: str
    host: str
    path: str
    body: bytes = b""
    scalars: frozenset[tuple[str, str]] = frozenset()
    """The top-level members of a JSON body that are neither objects nor lists."""
    messages: int | None = None
    streaming: bool = False

    @classmethod
    def of(cls, request: Request, body: bytes, routes: Routes) -> "Asked":
        """What a request asks; its path has the host's own spelling, its body is decoded."""
        route = routes.match(request.method, request.path)
        operation = route.operation if route else f"{request.method} {guessed_template(request.path)}"
        value = codec.document(body).value
        members: dict[str, Any] = value if isinstance(value, dict) else {}
        plain = frozenset(
            (name, repr(member)) for name, member in members.items() if not isinstance(member, dict | list)
        )
        messages = members.get("messages")
        return cls(
            operation,
            request.host.lower(),
            request.path,
            body,
            plain,
            len(messages) if isinstance(messages, list) else None,
            members.get("stream") is True,
        )


@dataclass
class _Candidate:
    exchange: Exchange
    asked: Asked
    used: bool = field(default=False)

    def fit(self, asked: Asked) -> tuple[bool, bool, bool, bool, bool, int]:
        mine = self.asked
        return (
            mine.host == asked.host,
            mine.path == asked.path,
            mine.streaming == asked.streaming,
            mine.messages == asked.messages,
            mine.body == asked.body,
            len(mine.scalars & asked.scalars),
        )


@runtime_checkable
class Answering(Protocol):
    """What a stand-in asks for its answers."""

    routes: Routes

    def answer(self, asked: Asked) -> Exchange | None:
        """The exchange whose response answers, None if nothing does."""
        ...

    def may_fail(self, asked: Asked) -> bool:
        """Whether the faults that are planned for its operation befall this request."""
        ...


class Answers:
    """The recorded answers, each given in its turn; the last of those that fit best repeats."""

    def __init__(self, exchanges: Iterable[Exchange], routes: Routes) -> None:
        self.routes = routes
        self._candidates: dict[str, list[_Candidate]] = {}
        for exchange in exchanges:
            if exchange.response is None and exchange.end.cause in (COMPLETE, *_NOT_THE_SERVERS):
                continue
            asked = Asked.of(exchange.request, exchange.request.body.read(), routes)
            self._candidates.setdefault(asked.operation, []).append(_Candidate(exchange, asked))

    def __len__(self) -> int:
        return sum(map(len, self._candidates.values()))

    def may_fail(self, asked: Asked) -> bool:
        """Any request may."""
        return True

    def answer(self, asked: Asked) -> Exchange | None:
        """The exchange that answers, None if the operation was never recorded."""
        candidates = self._candidates.get(asked.operation)
        if not candidates:
            return None
        best = max(candidate.fit(asked) for candidate in candidates)
        fitting = [candidate for candidate in candidates if candidate.fit(asked) == best]
        chosen = next((candidate for candidate in fitting if not candidate.used), fitting[-1])
        chosen.used = True
        return chosen.exchange
