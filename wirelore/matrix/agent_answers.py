"""The stand-in's answers to an agent: the turns of a scenario, and the endpoints that all scenarios share."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from wirelore.matrix.agent_scenario import BadScenario, Endpoint, Scenario
from wirelore.model import codec
from wirelore.model.exchange import Body, Chunk, End, Exchange, Headers, Request, Response
from wirelore.model.routes import packaged
from wirelore.replayer.matching import RequestFeatures

FILE = Path(__file__).resolve().parent / "answers.json"
"""The templates of the answers."""
_CHUNK_INTERVAL_US = 1000


class AgentAnswers:
    """The answers for one run of a scenario. Equal requests get equal answers, so that runs can be compared."""

    def __init__(self, scenario: Scenario, words: Mapping[str, str]) -> None:
        """`words` are the values of `{{name}}` in the answers of the endpoints."""
        self.routes = packaged()
        self._turns = [(re.compile(turn.asked), turn) for turn in scenario.turns]
        self._endpoints = {each.operation: each for each in (*_endpoints(), *scenario.answers)}
        self._words = words

    def may_fail(self, features: RequestFeatures) -> bool:
        """Return False for a side request, which has the operation of the conversation but does not belong to it."""
        form = _templates()["conversation"]
        return features.operation != form["operation"] or _in_conversation(_document(features))

    def answer(self, features: RequestFeatures) -> Exchange | None:
        """Return the exchange that answers a request, or None."""
        if endpoint := self._endpoints.get(features.operation):
            return _exchange(features, _plain(endpoint, self._words))
        if features.operation != _templates()["conversation"]["operation"]:
            return None
        document = _document(features)
        number, blocks, reason = self._turn(document)
        model = document.get(_templates()["conversation"]["model"])
        values = {"model": model, "number": f"{number:02d}{features.messages:03d}"}
        return _exchange(features, _stream(list(_events(blocks, reason, values)), values))

    def _turn(self, document: Mapping[str, Any]) -> tuple[int, Sequence[Mapping[str, Any]], str | None]:
        """Return the number (0 if no turn matches), content blocks and stop reason of the turn that answers."""
        if _in_conversation(document):
            text = _last_user_message(document)
            for number, (pattern, turn) in enumerate(self._turns, 1):
                if pattern.search(text):
                    return number, turn.answer, turn.stop_reason
        return 0, _templates()["conversation"]["otherwise"], None


def check(scenario: Scenario, source: Path, words: Collection[str]) -> None:
    """Raise BadScenario if an answer contains a block of an unknown type, or a `{{name}}` that is not in `words`."""
    for number, endpoint in enumerate(scenario.answers):
        try:
            _filled(endpoint.json, dict.fromkeys(words, ""))
        except KeyError as name:
            expected = ", ".join(words)
            raise BadScenario(f"{source}: Expected one of {expected}, got {name} - at `$.answers[{number}]`") from None
    templates = _templates()["stream"]["blocks"]
    for number, turn in enumerate(scenario.turns):
        for index, block in enumerate(turn.answer):
            if (kind := block.get("type")) not in templates:
                problem = f"Expected one of {', '.join(templates)}, got `{kind}`"
            elif (member := templates[kind]["pieces"]) not in block:
                problem = f"Object missing required field `{member}`"
            else:
                continue
            raise BadScenario(f"{source}: {problem} - at `$.turns[{number}].answer[{index}]`")


def _document(features: RequestFeatures) -> dict[str, Any]:
    value = codec.document(features.body).value
    return value if isinstance(value, dict) else {}


def _in_conversation(document: Mapping[str, Any]) -> bool:
    return bool(document.get(_templates()["conversation"]["carries"]))


def _last_user_message(document: Mapping[str, Any]) -> str:
    """Return the JSON text of the last message with the role `user`; a client may append messages of other roles."""
    form = _templates()["conversation"]
    messages = document.get(form["messages"])
    for message in reversed(messages if isinstance(messages, list) else []):
        if isinstance(message, dict) and message.items() >= form["asks"].items():
            return json.dumps(message, ensure_ascii=False)
    return ""


def _events(
    blocks: Iterable[Mapping[str, Any]], reason: str | None, values: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    form = _templates()["stream"]
    yield from _filled(form["first"], values)
    for index, block in enumerate(blocks):
        kind = form["blocks"][block["type"]]
        words = {**values, **block, "index": index, "id": f"{values['number']}{index:02d}"}
        yield _filled(form["begin"], {**words, "start": _filled(kind["start"], words)})
        if index == 0:
            yield from form["after_first_begin"]
        for delta in (*_deltas(block[kind["pieces"]], kind, form["cut_after"]), *kind["closing"]):
            yield _filled(form["delta"], {**words, "delta": delta})
        yield _filled(form["end"], words)
        reason = reason or kind.get("stop_reason")
    yield from _filled(form["last"], {**values, "stop_reason": reason or form["stop_reason"]})


def _deltas(content: Any, kind: Mapping[str, Any], cut_after: int) -> Iterator[Any]:
    text = content if isinstance(content, str) else json.dumps(content)
    for piece in (text[:cut_after], text[cut_after:]):
        yield _filled(kind["delta"], {"piece": piece})


def _stream(events: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> Response:
    form = _templates()["stream"]
    pieces = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events]
    chunks, offset = [], 0
    for number, piece in enumerate(pieces, 1):
        chunks.append(Chunk(offset, len(piece), number * _CHUNK_INTERVAL_US))
        offset += len(piece)
    headers = tuple((name, value) for name, value in _filled(form["headers"], values))
    return Response(Headers(headers), Body.from_bytes(b"".join(pieces), chunks), status=form["status"])


def _plain(endpoint: Endpoint, words: Mapping[str, str]) -> Response:
    if endpoint.text is not None:
        content, kind = endpoint.text.encode(), "text/plain"
    else:
        content, kind = json.dumps(_filled(endpoint.json, words)).encode(), "application/json"
    headers = (("Content-Type", kind), ("Content-Length", str(len(content))), *endpoint.headers)
    return Response(Headers(headers), Body.from_bytes(content), status=endpoint.status)


def _exchange(features: RequestFeatures, response: Response) -> Exchange:
    request = Request(method=features.operation.partition(" ")[0], host=features.host, target=features.path)
    return Exchange("answer", 0, 0, request, response, End(), features.operation)


def _filled(template: Any, values: Mapping[str, Any]) -> Any:
    """Return the template with every `{{name}}` replaced; a text that is only `{{name}}` becomes the value itself."""
    if isinstance(template, dict):
        return {name: _filled(member, values) for name, member in template.items()}
    if isinstance(template, list):
        return [_filled(element, values) for element in template]
    if not isinstance(template, str):
        return template
    if match := re.fullmatch(r"\{\{([a-z_]+)\}\}", template):
        return values[match[1]]
    return re.sub(r"\{\{([a-z_]+)\}\}", lambda match: str(values[match[1]]), template)


@cache
def _endpoints() -> tuple[Endpoint, ...]:
    return msgspec.convert(_templates()["endpoints"], tuple[Endpoint, ...])


@cache
def _templates() -> dict[str, Any]:
    form: dict[str, Any] = json.loads(FILE.read_bytes())
    return form
