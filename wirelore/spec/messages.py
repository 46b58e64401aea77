"""Request bodies and responses in the document, from the evidence and the learned schemas."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from wirelore.evidence import learned_bodies
from wirelore.evidence.catalogue import Operation
from wirelore.evidence.collector import Evidence
from wirelore.evidence.counts import HeadSeen
from wirelore.evidence.usage import ERROR, EVENT, REQUEST, RESPONSE
from wirelore.model.routes import packaged
from wirelore.schema.library import Library
from wirelore.spec import naming
from wirelore.spec.components import Components, Schema
from wirelore.spec.openapi_versions import EVENT_STREAM
from wirelore.spec.parameters import response_headers
from wirelore.spec.places import Place

_JSON = "application/json"
_PHRASES = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
"""Phrases of RFC 9110 (15.5) where Python before 3.13 has others, so that every version writes the same document."""


class Messages:
    """The request bodies and responses of the operations in a document."""

    def __init__(self, evidence: Evidence, library: Library, components: Components) -> None:
        self._evidence = evidence
        self._components = components
        self._requests = learned_bodies.requests(library)
        self._responses = learned_bodies.responses(library)
        self._events = learned_bodies.events(library)
        self._error = learned_bodies.error_body(library)
        self._known_operations: frozenset[str] = frozenset()

    def name_components(self, operations: Iterable[Operation]) -> None:
        """Add the components in a fixed order, so that schemas of responses get the unqualified names."""
        self._known_operations = frozenset(operation.name for operation in operations if operation.known)
        ranked = sorted(operations, key=lambda operation: (not operation.summary, len(operation.name), operation.name))
        self._components.settle(lambda: self._walk(ranked))

    def _walk(self, operations: Sequence[Operation]) -> None:
        for operation in operations:
            for status in self.statuses(operation.name):
                self._learned_body(operation.name, status)
        if self._error is not None:
            self._error_schema()
        for operation in operations:
            self._stream(operation.name)
        for operation in operations:
            self.request_body(operation)

    def statuses(self, operation: str) -> list[int]:
        """Return the observed and learned statuses, in ascending order."""
        learned = {status for name, status in self._responses if name == operation}
        learned |= {200} if operation in self._events else set()
        return sorted({*(status for name, status in self._evidence.statuses if name == operation), *learned})

    def request_body(self, operation: Operation) -> Schema | None:
        """Return the request body of an operation, or None if no request had one."""
        content = self._requests.get(operation.name)
        observed = self._evidence.request_media.get(operation.name, Counter[str]())
        kinds = sorted({*observed, *(content.media_types if content else ())})
        if not kinds:
            return None
        noun = naming.operation_noun(operation.method, operation.template)
        paths = frozenset({(REQUEST, operation.name)})
        place = Place(f"{noun}Request", naming.family(operation.name), paths, owner=noun, suffix="Param")
        media = {kind: self._content(content, kind, place) for kind in kinds}
        always = bool(observed) and sum(observed.values()) == self._evidence.requests(operation.name)
        return {**({"required": True} if always else {}), "content": media}

    def responses(self, operation: Operation) -> dict[str, Schema]:
        """Return the responses by status; if none was observed or learned, only a `default` that says so."""
        by_status = {str(status): self._response(operation.name, status) for status in self.statuses(operation.name)}
        return by_status or {"default": {"description": "No response was observed, and no source describes one."}}

    def _response(self, operation: str, status: int) -> Schema:
        key = (operation, status)
        content = self._responses.get(key)
        kinds = {*self._evidence.media.get(key, ()), *(content.media_types if content else ())}
        if operation in self._events and status == HTTPStatus.OK:
            kinds.add(EVENT_STREAM)
        errors = self._errors(operation, status)
        phrase = _phrase(status)
        response: Schema = {"description": f"{phrase}: {', '.join(errors)}." if errors else f"{phrase}."}
        if headers := response_headers(self._evidence.response_heads.get(key, HeadSeen())):
            response["headers"] = headers
        if kinds and status not in (204, 304):
            response["content"] = {kind: self._media(operation, status, kind) for kind in sorted(kinds)}
        if key in self._evidence.statuses:
            response["x-observed"] = self._evidence.statuses[key].described()
        if errors:
            response["x-error-types"] = errors
        return response

    def _media(self, operation: str, status: int, kind: str) -> Schema:
        if kind == EVENT_STREAM:
            return {"itemSchema": self._stream(operation) or {"type": "string"}, **self._state_machine(operation)}
        if status >= HTTPStatus.BAD_REQUEST:
            has_schema = _is_json(kind) and operation in self._known_operations
            return {"schema": self._error_schema() if has_schema else {} if _is_json(kind) else _raw(kind)}
        return self._learned_body(operation, status, kind)

    def _learned_body(self, operation: str, status: int, kind: str = _JSON) -> Schema:
        method, _, template = operation.partition(" ")
        content = self._responses.get((operation, status))
        noun = naming.operation_noun(method, template)
        node = (content.body or content.lines) if content else None
        tags = learned_bodies.tags(node) if node else []
        title = naming.pascal(tags[0]) if len(tags) == 1 else f"{noun}Response"
        paths = frozenset({(RESPONSE, operation, str(status))})
        return self._content(content, kind, Place(title, naming.family(operation), paths, owner=noun))

    def _content(self, content: learned_bodies.Content | None, kind: str, place: Place) -> Schema:
        """Return the `schema` of a body of a media type, or the `itemSchema` of JSON lines."""
        if content and content.lines is not None and "json" in kind:
            return {"itemSchema": self._components.value(content.lines, place.item())}
        return {"schema": self._body(content, kind, place)}

    def _body(self, content: learned_bodies.Content | None, kind: str, place: Place) -> Schema:
        if content and content.body is not None and _is_json(kind):
            return self._components.value(content.body, place)
        if content and content.fields and not _is_json(kind):
            return {"type": "object", "properties": {name: {} for name in content.fields}}
        return {} if _is_json(kind) else _raw(kind)

    def _error_schema(self) -> Schema:
        if self._error is None:
            return {}
        return self._components.value(
            self._error, Place("ErrorBody", ERROR, frozenset({(ERROR,)}), "Body", owner="Error")
        )

    def _stream(self, operation: str) -> Schema | None:
        learned = self._events.get(operation)
        if not learned:
            return None
        method, _, template = operation.partition(" ")
        noun = naming.operation_noun(method, template)
        events: dict[str, Schema] = {}
        for name, data in sorted(learned.items()):
            title = naming.variant(name, "Event")
            family = ERROR if name == packaged().error_event else naming.family(operation)
            place = Place(title, family, frozenset({(EVENT, operation, name)}), owner=naming.pascal(name))
            events[name] = self._components.event(name, data, place, noun)
        return self._components.stream(noun, events, (EVENT, operation))

    def _state_machine(self, operation: str) -> dict[str, Any]:
        steps: Mapping[tuple[str, str], int] = self._evidence.transitions.get(operation, {})
        if not steps:
            return {}
        transitions = [{"from": before, "to": after, "count": steps[before, after]} for before, after in sorted(steps)]
        return {"x-sse-state-machine": {"transitions": transitions}}

    def _errors(self, operation: str, status: int) -> dict[str, int]:
        """Return the number of responses by error type, or by media type for errors that are not JSON, sorted."""
        prefix = f"{status} "
        return {
            case.removeprefix(prefix): count
            for (_, case, name), count in sorted(self._evidence.error_operations.items())
            if name == operation and case.startswith(prefix) and status >= HTTPStatus.BAD_REQUEST
        }


def _is_json(kind: str) -> bool:
    return kind == _JSON or kind.endswith("+json")


def _raw(kind: str) -> Schema:
    """Return the schema of a body that is not JSON: text, or bytes, which have no type in OpenAPI 3.1."""
    return {"type": "string"} if kind.startswith("text/") else {}


def _phrase(status: int) -> str:
    phrases = {each.value: each.phrase for each in HTTPStatus} | _PHRASES
    return phrases.get(status, f"Status {status}")
