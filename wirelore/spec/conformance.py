"""Checking exchanges against an OpenAPI document: operation, parameters, headers, bodies and events."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from wirelore.evidence.value_forms import MASKED, form
from wirelore.model import sse
from wirelore.model.exchange import Body, Exchange, Headers, Message, Request, Response
from wirelore.spec.contract import Contract, Flaw, Place
from wirelore.spec.media import EVENT_STREAM, Names, media_type_of, readings, texts, with_data_read
from wirelore.spec.openness import closed
from wirelore.spec.operations import DescribedOperation, Operations, Parameter, response_headers
from wirelore.spec.verdict import Verdict

_CACHE_SIZE = 4096
_NO_BODY = frozenset({204, 304})
"""Statuses of responses without content (RFC 9110, 6.4.1)."""


class ConformanceChecker:
    """Checks exchanges against a document. Raises BadSchema if the document has a dangling reference."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        is_newer = not str(document.get("openapi")).startswith("3.1")
        self.contract = Contract(with_data_read(document) if is_newer else document)
        self.operations = Operations(self.contract)
        self._closed = closed(self.contract)
        self._headers: dict[Place, dict[str, Parameter]] = {}
        self._texts: dict[tuple[Place, tuple[str, ...], bool], tuple[list[Flaw], list[Flaw]]] = {}

    def verdict(self, exchange: Exchange) -> Verdict:
        """Return the verdict on an exchange; unexpected traffic never raises an exception."""
        has_request = "request" not in exchange.absent
        method, _, template = exchange.operation.partition(" ")
        match = self.operations.match(
            *((exchange.request.method, exchange.request.path) if has_request else (method, template))
        )
        verdict = Verdict(match[0].name if match else exchange.operation)
        if not match:
            verdict.blame("operation", ("request", "target"), "unknown path and method")
            return verdict
        operation, values = match
        verdict.touched.add(("operation", operation.name))
        if has_request:
            self._check_request(verdict, exchange, operation, values)
        else:
            verdict.inconclusive.append("request")
        if exchange.response is None:
            verdict.inconclusive.append("no-response")
        elif "status" in exchange.absent and exchange.response.status >= 400:
            verdict.inconclusive.append("status")
        else:
            self._check_response(verdict, exchange, exchange.response, operation)
        return verdict

    def _check_request(
        self, verdict: Verdict, exchange: Exchange, operation: DescribedOperation, values: Mapping[str, str]
    ) -> None:
        request = exchange.request
        for name, parameter in operation.path_parameters.items():
            self._check_text(verdict, "path-parameter", parameter, [values.get(name, "")], ("request", "path", name))
        self._check_query(verdict, request, operation)
        if "request-headers" in exchange.absent:
            verdict.inconclusive.append("request-headers")
        else:
            self._check_headers(verdict, "request-header", request.headers, operation.headers, ("request", "headers"))
        if "request-body" in exchange.absent:
            verdict.inconclusive.append("request-body")
        else:
            self._check_request_body(verdict, exchange, operation.place)

    def _check_query(self, verdict: Verdict, request: Request, operation: DescribedOperation) -> None:
        sent: dict[str, list[str]] = {}
        for name, value in request.query:
            sent.setdefault(unquote(name), []).append(value)
        for name, texts_sent in sent.items():
            if name in operation.query:
                self._check_text(
                    verdict, "query-parameter", operation.query[name], texts_sent, ("request", "query", name)
                )
            else:
                verdict.blame("query-parameter", ("request", "query", name), "not in the document")
        for name, parameter in operation.query.items():
            if parameter.required and name not in sent:
                verdict.blame("query-parameter", ("request", "query", name), "missing")

    def _check_headers(
        self,
        verdict: Verdict,
        kind: str,
        headers: Headers,
        parameters: Mapping[str, Parameter],
        pointer: tuple[str, ...],
    ) -> None:
        for name, parameter in parameters.items():
            values = headers.all(name)
            if values:
                self._check_text(verdict, kind, parameter, values, (*pointer, name))
            elif parameter.required:
                verdict.blame(kind, (*pointer, name), "missing")

    def _check_request_body(self, verdict: Verdict, exchange: Exchange, operation: Place) -> None:
        place, body, sent = (*operation, "requestBody"), None, exchange.request.body.size > 0
        if "requestBody" in self.contract.resolved(operation)[1]:
            place, body = self.contract.resolved(place)
        if not sent:
            if body is not None and body.get("required"):
                verdict.blame("request-body", ("request", "body"), "missing")
            return
        if body is None:
            verdict.blame("request-body", ("request", "body"), "unexpected; the document describes no body")
            return
        media = self._media(verdict, exchange.request, place, "request")
        if media:
            self._check_body(verdict, exchange, exchange.request, media, "request")

    def _check_response(
        self, verdict: Verdict, exchange: Exchange, response: Response, operation: DescribedOperation
    ) -> None:
        responses = (*operation.place, "responses")
        _, by_status = self.contract.resolved(responses)
        status = str(response.status)
        key = next((key for key in (status, f"{status[0]}XX", "default") if key in by_status), None)
        if key is None:
            verdict.blame("status", ("response", "status"), f"{status} is not in the document")
            return
        verdict.touched.add(("status", f"{operation.name} {key}"))
        place, response_object = self.contract.resolved((*responses, key))
        if "response-headers" in exchange.absent:
            verdict.inconclusive.append("response-headers")
        else:
            if place not in self._headers:
                self._headers[place] = response_headers(self.contract, place)
            self._check_headers(
                verdict, "response-header", response.headers, self._headers[place], ("response", "headers")
            )
        if "response-body" in exchange.absent:
            verdict.inconclusive.append("response-body")
        elif exchange.request.method == "HEAD" or response.status in _NO_BODY or response.status < 200:
            return
        elif not exchange.end.is_complete and not response.is_event_stream:
            verdict.inconclusive.append("response-cut")
        elif response.body.size or response_object.get("content"):
            self._check_response_body(verdict, exchange, response, place, key)

    def _check_response_body(
        self, verdict: Verdict, exchange: Exchange, response: Response, place: Place, status: str
    ) -> None:
        media = self._media(verdict, response, place, status)
        if not media:
            return
        if media_type_of(media) == EVENT_STREAM:
            self._check_events(verdict, response.body, media)
        else:
            self._check_body(verdict, exchange, response, media, "response")

    def _media(self, verdict: Verdict, message: Message, place: Place, part: str) -> Place | None:
        """Return the place of the media type that describes a message, or None."""
        side = "request" if part == "request" else "response"
        _, node = self.contract.resolved(place)
        sent = message.media_type
        by_media_type = {media_type_of((kind,)): kind for kind in node.get("content", {})}
        chosen = [
            by_media_type[each]
            for each in (sent, f"{(sent or '').partition('/')[0]}/*", "*/*")
            if each in by_media_type
        ]
        if not chosen:
            problem = f"{sent} is not in the document" if sent else "missing"
            verdict.blame(f"{side}-media-type", (side, "headers", "content-type"), problem)
            return None
        verdict.touched.add(("media type", f"{verdict.operation} {part} {chosen[0]}"))
        return (*place, "content", chosen[0])

    def _check_body(self, verdict: Verdict, exchange: Exchange, message: Message, media: Place, side: str) -> None:
        kind, schema = f"{side}-body", (*media, "schema")
        _, node = self.contract.resolved(media)
        if message.body.undecoded:
            verdict.inconclusive.append(f"{side}-encoding")
            return
        if "itemSchema" in node:
            schema = (*media, "itemSchema")
        elif "schema" not in node:
            return
        for pointer, value, problem in readings(message):
            if problem and not exchange.end.is_complete:
                verdict.inconclusive.append(f"{side}-cut")
            elif problem:
                verdict.blame(kind, (side, "body", *pointer), problem)
            elif isinstance(value, Names):
                self._check_names(verdict, kind, schema, value, (side, "body"))
            else:
                self._check_value(verdict, kind, schema, value, (side, "body", *pointer))

    def _check_events(self, verdict: Verdict, body: Body, media: Place) -> None:
        _, node = self.contract.resolved(media)
        schema = (*media, "itemSchema" if "itemSchema" in node else "schema")
        if schema[-1] not in node or node[schema[-1]] == {"type": "string"}:
            return
        for number, (event, value, problem) in enumerate(sse.decode_json(body.blocks(), body.chunks)):
            pointer = ("response", "events", number)
            if not event.complete:
                verdict.inconclusive.append("response-cut")
                continue
            verdict.touched.add(("event", f"{verdict.operation} {event.name}"))
            if not problem:
                self._check_value(verdict, "event", schema, {"event": event.name, "data": value}, pointer)
            elif not self.contract.holds(schema, {"event": event.name, "data": event.data.decode("utf-8", "replace")}):
                verdict.blame("event", (*pointer, "data"), "not JSON")

    def _check_value(
        self, verdict: Verdict, kind: str, place: Place, value: Any, pointer: tuple[str | int, ...]
    ) -> None:
        flaws = self.contract.flaws(place, value)
        for flaw in flaws:
            verdict.blame(kind, (*pointer, *flaw.pointer), flaw.message)
        if not flaws:
            for flaw in self._closed.flaws(place, value):
                verdict.note(kind, (*pointer, *flaw.pointer), flaw.message)

    def _check_names(self, verdict: Verdict, kind: str, place: Place, names: Names, pointer: tuple[str, ...]) -> None:
        _, schema = self.contract.resolved(place)
        for name in sorted(set(schema.get("required", ())) - names):
            verdict.blame(kind, (*pointer, name), "missing")
        for name in sorted(names - set(schema.get("properties", {}))):
            verdict.note(kind, (*pointer, name), "not in the document")

    def _check_text(
        self, verdict: Verdict, kind: str, parameter: Parameter, values: list[str], pointer: tuple[str | int, ...]
    ) -> None:
        """Check the values of a parameter or header; they pass if one interpretation of them is valid."""
        if parameter.schema is None:
            return
        key = (parameter.schema, tuple(values), kind == "query-parameter")
        if key not in self._texts:
            if len(self._texts) >= _CACHE_SIZE:
                self._texts.clear()
            candidates = texts(values, query=key[2])
            flaws = _flaws_of_best(self.contract, parameter.schema, candidates)
            self._texts[key] = flaws, [] if flaws else _flaws_of_best(self._closed, parameter.schema, candidates)
        flaws, open_flaws = self._texts[key]
        if (flaws or open_flaws) and any(form(value) == MASKED for value in values):
            verdict.inconclusive.append("masked")
            return
        for flaw in flaws:
            verdict.blame(kind, (*pointer, *flaw.pointer), flaw.message)
        for flaw in open_flaws:
            verdict.note(kind, (*pointer, *flaw.pointer), flaw.message)


def _flaws_of_best(contract: Contract, place: Place, candidates: list[Any]) -> list[Flaw]:
    """Return no flaws if a candidate is valid; otherwise those of the first candidate whose type matches."""
    if any(contract.holds(place, value) for value in candidates):
        return []
    flaws = [contract.flaws(place, value) for value in candidates]
    return min(flaws, key=lambda each: any(flaw.keyword == "type" and not flaw.pointer for flaw in each))
