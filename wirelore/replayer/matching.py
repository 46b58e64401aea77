"""Matching requests to recorded exchanges by operation, content and order."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from wirelore.model import codec
from wirelore.model.exchange import COMPLETE, Exchange, Request
from wirelore.model.routes import Routes, guessed_template

_NOT_SERVER_FAULTS = ("client-gone", "shutdown", "not-recorded", "recorder-lost", "tls-failed")
"""Ends of exchanges without a response that are not the server's fault."""


@dataclass(frozen=True)
class RequestFeatures:
    """The features of a request that select its answer."""

    operation: str
    host: str
    path: str
    body: bytes = b""
    scalars: frozenset[tuple[str, str]] = frozenset()
    """The top-level members of a JSON body that are neither objects nor lists."""
    messages: int | None = None
    """The number of messages."""
    streaming: bool = False

    @classmethod
    def of_request(cls, request: Request, body: bytes, routes: Routes) -> "RequestFeatures":
        """Return the features of a request; `body` is its decoded body."""
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
    features: RequestFeatures
    used: bool = field(default=False)

    def similarity(self, features: RequestFeatures) -> tuple[bool, bool, bool, bool, bool, int]:
        own = self.features
        return (
            own.host == features.host,
            own.path == features.path,
            own.streaming == features.streaming,
            own.messages == features.messages,
            own.body == features.body,
            len(own.scalars & features.scalars),
        )


@runtime_checkable
class AnswerSource(Protocol):
    """A source of the replay server's answers."""

    routes: Routes

    def answer(self, features: RequestFeatures) -> Exchange | None:
        """Return the exchange whose response answers a request, or None."""
        ...

    def may_fail(self, features: RequestFeatures) -> bool:
        """Return True if planned faults of its operation apply to this request."""
        ...


class Answers:
    """The recorded answers. Each is used once, in order; after that, the last of the best matches is repeated."""

    def __init__(self, exchanges: Iterable[Exchange], routes: Routes) -> None:
        self.routes = routes
        self._candidates: dict[str, list[_Candidate]] = {}
        for exchange in exchanges:
            if exchange.response is None and exchange.end.cause in (COMPLETE, *_NOT_SERVER_FAULTS):
                continue
            features = RequestFeatures.of_request(exchange.request, exchange.request.body.read(), routes)
            self._candidates.setdefault(features.operation, []).append(_Candidate(exchange, features))

    def __len__(self) -> int:
        return sum(map(len, self._candidates.values()))

    def may_fail(self, features: RequestFeatures) -> bool:
        """Return True: faults apply to all requests."""
        return True

    def answer(self, features: RequestFeatures) -> Exchange | None:
        """Return the exchange that answers, or None if the operation was not recorded."""
        candidates = self._candidates.get(features.operation)
        if not candidates:
            return None
        best = max(candidate.similarity(features) for candidate in candidates)
        matches = [candidate for candidate in candidates if candidate.similarity(features) == best]
        chosen = next((candidate for candidate in matches if not candidate.used), matches[-1])
        chosen.used = True
        return chosen.exchange
