"""The verdict on one exchange: why a document does not describe it, and what could not be judged."""

from dataclasses import dataclass, field

from wirelore.model.json_pointer import pointer


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """Why a document does not describe an exchange."""

    kind: str
    """A key of KINDS."""
    operation: str
    """As the document writes it; as the route table does, if the document lacks it."""
    pointer: str
    """JSON pointer into the exchange: `/request/query/beta`, `/response/events/3/data/type`."""
    message: str


KINDS = {
    "operation": "no path and method of the document fit",
    "path-parameter": "a value in the path is not what the document says",
    "query-parameter": "a parameter of the query is unknown, missing or wrong",
    "request-header": "a request header that the document requires is missing, or one that it has is wrong",
    "request-media-type": "the request's content-type is not in the document",
    "request-body": "the request's body is not what the document says",
    "status": "the operation has no such status, and no default",
    "response-header": "a response header that the document requires is missing, or one that it has is wrong",
    "response-media-type": "the response's content-type is not in the document",
    "response-body": "the response's body is not what the document says",
    "event": "an event is not what the document says",
}
"""The kinds of reasons."""


UNJUDGED = {
    "request": "the source tells the response only",
    "request-headers": "the source does not tell the request's headers",
    "request-body": "the source lost the request's body",
    "request-cut": "the exchange ended before the request's body was whole",
    "request-encoding": "the content-encoding of the request's body could not be undone",
    "no-response": "there is no response",
    "status": "the source does not tell the status",
    "response-headers": "the source does not tell the response's headers",
    "response-body": "the source lost the response's body",
    "response-cut": "the exchange ended before the response was whole; whole events were judged",
    "response-encoding": "the content-encoding of the response's body could not be undone",
    "masked": "a value that the source had made unreadable",
}
"""What may not be judged, and why."""


@dataclass
class Verdict:
    """What a document says of one exchange."""

    operation: str
    reasons: list[Reason] = field(default_factory=list)
    """Empty if the document describes the exchange as far as it could be judged."""
    open: list[Reason] = field(default_factory=list)
    """What only an open branch of a union or an open list describes."""
    unjudged: list[str] = field(default_factory=list)
    """What could not be judged, and why: a key of UNJUDGED each."""
    touched: set[tuple[str, str]] = field(default_factory=set)
    """The parts of the document that describe it: kind of part, name."""

    def blame(self, kind: str, at: tuple[str | int, ...], message: str) -> None:
        """Adds a reason."""
        self.reasons.append(self._reason(kind, at, message))

    def note(self, kind: str, at: tuple[str | int, ...], message: str) -> None:
        """Adds what only an open branch describes."""
        self.open.append(self._reason(kind, at, message))

    def _reason(self, kind: str, at: tuple[str | int, ...], message: str) -> Reason:
        return Reason(kind, self.operation, pointer(at), message)
