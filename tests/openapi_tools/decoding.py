"""Decoding captured bodies and events with generated models, encoding them again, and counting the results."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, RootModel, ValidationError

from tests.openapi_tools.models import Models
from wirelore.model import codec
from wirelore.model.exchange import Exchange, Message
from wirelore.model.sse import Event

_STREAM = "text/event-stream"
_LINES = frozenset({"application/x-jsonl", "application/jsonl", "application/x-ndjson"})

Content = Mapping[str, Any]
"""The `content` of a request body or a response: media type objects by media type."""


@dataclass
class Account:
    """The counts of decoded, failed and skipped bodies and events, with reasons."""

    decoded: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    unseen: Counter[str] = field(default_factory=Counter)
    """Unknown tags, decoded by the branch for unknown variants."""
    unlisted: Counter[str] = field(default_factory=Counter)
    """Members that the model does not list."""
    examples: dict[str, str] = field(default_factory=dict)

    def fail(self, reason: str, exchange: str) -> None:
        """Count a failure, and keep the first exchange with it."""
        self.failed[reason] += 1
        self.examples.setdefault(reason, exchange)

    def failures(self) -> list[str]:
        """Return a line for each kind of failure, the most frequent first."""
        return [f"{count} x {reason}, e.g. {self.examples[reason]}" for reason, count in self.failed.most_common()]

    def __str__(self) -> str:
        parts = ", ".join(f"{count} {kind}" for kind, count in sorted(self.decoded.items()))
        over = ", ".join(f"{count} {reason}" for reason, count in self.passed_over.most_common())
        return f"{parts} decoded; passed over: {over or 'nothing'}"


def account(models: Models, exchanges: Iterable[Exchange]) -> Account:
    """Decode all bodies and events of the exchanges with the models of their operation, status and media type."""
    found = Account()
    for exchange in exchanges:
        operation = models.described.operation(exchange)
        if operation is not None:
            one = _One(models, exchange, found)
            one.request(operation.get("requestBody", {}).get("content", {}))
            one.response(operation["responses"])
        elif exchange.operation in models.described.others:
            found.passed_over["exchanges that OpenAPI has no place for"] += 1
        else:
            found.fail(f"{exchange.operation}: not in the document", exchange.id)
    return found


class _One:
    """Decodes one exchange and counts the results."""

    def __init__(self, models: Models, exchange: Exchange, found: Account) -> None:
        self._models = models
        self._exchange = exchange
        self._account = found

    def request(self, content: Content) -> None:
        self._body(self._exchange.request, content, f"{self._exchange.operation} request")

    def response(self, responses: Mapping[str, Any]) -> None:
        response = self._exchange.response
        if response is None:
            return
        place = f"{self._exchange.operation} {response.status}"
        described = responses.get(str(response.status))
        if described is None:
            self._account.fail(f"{place}: status not in the document", self._exchange.id)
        elif response.is_event_stream:
            for event in response.events():
                self._event(event, described.get("content", {}), place)
        else:
            self._body(response, described.get("content", {}), place)

    def _body(self, message: Message, content: Content, place: str) -> None:
        kind = message.media_type or "none"
        lines = kind in _LINES
        if not message.body.size:
            return
        if message.body.undecoded is not None:
            self._account.passed_over["bodies whose encoding could not be undone"] += 1
        elif not lines and kind != "application/json" and not kind.endswith("+json"):
            self._account.passed_over[f"bodies of {kind}"] += 1
        elif kind not in content:
            self._account.fail(f"{place}: {kind} not in the document", self._exchange.id)
        else:
            text = message.body.read()
            for part in text.splitlines() if lines else [text]:
                self._json(part, _schema(content[kind]), place, "lines" if lines else "bodies")

    def _json(self, text: bytes, schema: Mapping[str, Any], place: str, kind: str) -> None:
        document = codec.document(text)
        if document.problem is None:
            self._value(document.value, schema, place, kind)
        else:
            self._account.passed_over[f"{kind} that are cut or no JSON"] += 1

    def _event(self, event: Event, content: Content, place: str) -> None:
        value, problem = event.document
        if not event.complete or problem is not None:
            self._account.passed_over["events that are cut or no JSON"] += 1
            return
        schema = _schema(content.get(_STREAM, {}))
        inner = self._models.data_schema(schema, event.name)
        if inner is not None:
            self._value(value, inner, f"{place} {event.name} data", "data of events")
            value = event.data.decode()
        self._value({"event": event.name, "data": value}, schema, f"{place} {event.name}", "events")

    def _value(self, value: Any, schema: Mapping[str, Any], place: str, kind: str) -> None:
        adapter = self._models.adapter(schema)
        if adapter is None:
            self._account.passed_over[f"{kind} of {place}, which has no model"] += 1
            return
        try:
            model = adapter.validate_python(value)
        except ValidationError as fault:
            for reason in _reasons(fault):
                self._account.fail(f"{place}: {reason}", self._exchange.id)
            return
        self._account.decoded[kind] += 1
        # 0 and 0.0 are one JSON value, and equal here; nothing else is confused, the models being strict.
        if adapter.dump_python(model, mode="json", by_alias=True, exclude_unset=True) != value:
            self._account.fail(f"{place}: encoded again it differs", self._exchange.id)
        for part in _parts(model):
            name = type(part).__name__
            if name in self._models.fallbacks:
                member, known = self._models.fallbacks[name]
                tag = part.model_dump(by_alias=True)[member]
                if tag in known:
                    self._account.fail(f"{place}: {tag} decoded as {name}", self._exchange.id)
                self._account.unseen[f"{name} {tag}"] += 1
            self._account.unlisted.update(f"{name}.{member}" for member in part.model_extra or ())


def _schema(media: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of one value of a media type: of an item where the document (OpenAPI 3.2) has one."""
    found: Mapping[str, Any] = media.get("itemSchema") or media.get("schema", {})
    return found


def _reasons(fault: ValidationError) -> Iterator[str]:
    """Yield place and message of each error, without array indices, so that equal errors are counted together."""
    for error in fault.errors(include_url=False, include_input=False):
        place = "/".join("*" if isinstance(step, int) else step for step in error["loc"])
        yield f"/{place}: {error['msg']}"


def _parts(value: Any) -> Iterator[BaseModel]:
    """Yield the models in a decoded value, the outermost first."""
    if isinstance(value, RootModel):
        yield from _parts(value.root)
    elif isinstance(value, BaseModel):
        yield value
        for name in type(value).model_fields:
            yield from _parts(getattr(value, name))
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _parts(each)
