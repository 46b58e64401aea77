"""The verdict on one exchange: the reasons why a document does not describe it, and the inconclusive parts."""

from dataclasses import dataclass, field

from wirelore.model.json_pointer import pointer


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """A reason why a document does not describe an exchange."""

    kind: str
    """A key of KINDS."""
    operation: str
    """The operation's name in the document, or in the route table if the document lacks the operation."""
    pointer: str
    """JSON pointer into the exchange: `/request/query/beta`, `/response/events/3/data/type`."""
    message: str


KINDS = {
    "operation": "path and method are not in the document",
    "path-parameter": "a path parameter violates its schema",
    "query-parameter": "a query parameter is unknown, missing, or violates its schema",
    "request-header": "a required request header is missing, or a request header violates its schema",
    "request-media-type": "the content-type of the request is not in the document",
    "request-body": "the request body violates its schema",
    "status": "the operation has neither this status nor a default",
    "response-header": "a required response header is missing, or a response header violates its schema",
    "response-media-type": "the content-type of the response is not in the document",
    "response-body": "the response body violates its schema",
    "event": "an event violates its schema",
}
"""The kinds of reasons."""


INCONCLUSIVE = {
    "request": "the source contains only the response",
    "request-headers": "the source does not contain the request headers",
    "request-body": "the source does not contain the request body",
    "request-cut": "the exchange ended before the request body was complete",
    "request-encoding": "the request body could not be decoded",
    "no-response": "no response was received",
    "status": "the source does not contain the status",
    "response-headers": "the source does not contain the response headers",
    "response-body": "the source does not contain the response body",
    "response-cut": "the exchange ended before the response was complete; complete events were checked",
    "response-encoding": "the response body could not be decoded",
    "masked": "the source contains a masked value",
}
"""The parts that can be inconclusive, with the reason."""


@dataclass
class Verdict:
    """The result of checking one exchange against a document."""

    operation: str
    reasons: list[Reason] = field(default_factory=list)
    """Empty if the document describes the exchange, apart from inconclusive parts."""
    open: list[Reason] = field(default_factory=list)
    """The values that only an open branch of a union or an open list describes."""
    inconclusive: list[str] = field(default_factory=list)
    """The inconclusive parts, each a key of INCONCLUSIVE."""
    touched: set[tuple[str, str]] = field(default_factory=set)
    """The parts of the document that describe it: kind of part, name."""

    def blame(self, kind: str, steps: tuple[str | int, ...], message: str) -> None:
        """Add a reason."""
        self.reasons.append(self._reason(kind, steps, message))

    def note(self, kind: str, steps: tuple[str | int, ...], message: str) -> None:
        """Add a value that only an open branch describes."""
        self.open.append(self._reason(kind, steps, message))

    def _reason(self, kind: str, steps: tuple[str | int, ...], message: str) -> Reason:
        return Reason(kind, self.operation, pointer(steps), message)
