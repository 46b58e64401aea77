"""What the stand-in answers an agent: a scenario's turns in the conversation, the common endpoints, nothing else."""

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
from wirelore.replayer.matching import Asked

FILE = Path(__file__).resolve().parent / "answers.json"
"""The form of the answers."""
_APART_US = 1000


class AgentAnswers:
    """The answers to one run of a scenario; equal requests get equal answers, so that runs can be compared."""

    def __init__(self, scenario: Scenario, words: Mapping[str, str]) -> None:
        """`words` are what the `{{name}}` of the endpoints' answers stand for."""
        self.routes = packaged()
        self._turns = [(re.compile(turn.asked), turn) for turn in scenario.turns]
        self._endpoints = {each.operation: each for each in (*_endpoints(), *scenario.answers)}
        self._words = words

    def may_fail(self, asked: Asked) -> bool:
        """Faults do not befall what a client asks of its own accord beside the conversation."""
        form = _form()["conversation"]
        return asked.operation != form["operation"] or _in_conversation(_document(asked))

    def answer(self, asked: Asked) -> Exchange | None:
        """The exchange that answers, None if nothing does."""
        if endpoint := self._endpoints.get(asked.operation):
            return _exchange(asked, _plain(endpoint, self._words))
        if asked.operation != _form()["conversation"]["operation"]:
            return None
        document = _document(asked)
        number, blocks, reason = self._turn(document)
        known = {"model": document.get(_form()["conversation"]["model"]), "number": f"{number:02d}{asked.messages:03d}"}
        return _exchange(asked, _stream(list(_events(blocks, reason, known)), known))

    def _turn(self, document: Mapping[str, Any]) -> tuple[int, Sequence[Mapping[str, Any]], str | None]:
        """The number, the content blocks and the stop reason of the turn that answers."""
        if _in_conversation(document):
            text = _last_asked(document)
            for number, (pattern, turn) in enumerate(self._turns, 1):
                if pattern.search(text):
                    return number, turn.answer, turn.stop_reason
        return 0, _form()["conversation"]["otherwise"], None


def check(scenario: Scenario, source: Path, words: Collection[str]) -> None:
    """Raises BadScenario if an answer is a block of which no form is known, or has a `{{name}}` that is no word."""
    for number, endpoint in enumerate(scenario.answers):
        try:
            _filled(endpoint.json, dict.fromkeys(words, ""))
        except KeyError as name:
            known = ", ".join(words)
            raise BadScenario(f"{source}: Expected one of {known}, got {name} - at `$.answers[{number}]`") from None
    known = _form()["stream"]["blocks"]
    for number, turn in enumerate(scenario.turns):
        for place, block in enumerate(turn.answer):
            if (kind := block.get("type")) not in known:
                expected = f"Expected one of {', '.join(known)}, got `{kind}`"
            elif (member := known[kind]["pieces"]) not in block:
                expected = f"Object missing required field `{member}`"
            else:
                continue
            raise BadScenario(f"{source}: {expected} - at `$.turns[{number}].answer[{place}]`")


def _document(asked: Asked) -> dict[str, Any]:
    value = codec.document(asked.body).value
    return value if isinstance(value, dict) else {}


def _in_conversation(document: Mapping[str, Any]) -> bool:
    return bool(document.get(_form()["conversation"]["carries"]))


def _last_asked(document: Mapping[str, Any]) -> str:
    """The JSON text of the last message of the user's; a client may put remarks of its own behind it."""
    form = _form()["conversation"]
    messages = document.get(form["messages"])
    for message in reversed(messages if isinstance(messages, list) else []):
        if isinstance(message, dict) and message.items() >= form["asks"].items():
            return json.dumps(message, ensure_ascii=False)
    return ""


def _events(
    blocks: Iterable[Mapping[str, Any]], reason: str | None, known: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    form = _form()["stream"]
    yield from _filled(form["first"], known)
    for index, block in enumerate(blocks):
        kind = form["blocks"][block["type"]]
        words = {**known, **block, "index": index, "id": f"{known['number']}{index:02d}"}
        yield _filled(form["begin"], {**words, "start": _filled(kind["start"], words)})
        if index == 0:
            yield from form["after_first_begin"]
        for delta in (*_deltas(block[kind["pieces"]], kind, form["cut_after"]), *kind["closing"]):
            yield _filled(form["delta"], {**words, "delta": delta})
        yield _filled(form["end"], words)
        reason = reason or kind.get("stop_reason")
    yield from _filled(form["last"], {**known, "stop_reason": reason or form["stop_reason"]})


def _deltas(content: Any, kind: Mapping[str, Any], cut_after: int) -> Iterator[Any]:
    text = content if isinstance(content, str) else json.dumps(content)
    for piece in (text[:cut_after], text[cut_after:]):
        yield _filled(kind["delta"], {"piece": piece})


def _stream(events: Sequence[Mapping[str, Any]], known: Mapping[str, Any]) -> Response:
    form = _form()["stream"]
    pieces = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events]
    chunks, offset = [], 0
    for number, piece in enumerate(pieces, 1):
        chunks.append(Chunk(offset, len(piece), number * _APART_US))
        offset += len(piece)
    headers = tuple((name, value) for name, value in _filled(form["headers"], known))
    return Response(Headers(headers), Body.of(b"".join(pieces), chunks), status=form["status"])


def _plain(endpoint: Endpoint, words: Mapping[str, str]) -> Response:
    if endpoint.text is not None:
        content, kind = endpoint.text.encode(), "text/plain"
    else:
        content, kind = json.dumps(_filled(endpoint.json, words)).encode(), "application/json"
    headers = (("Content-Type", kind), ("Content-Length", str(len(content))), *endpoint.headers)
    return Response(Headers(headers), Body.of(content), status=endpoint.status)


def _exchange(asked: Asked, response: Response) -> Exchange:
    request = Request(method=asked.operation.partition(" ")[0], host=asked.host, target=asked.path)
    return Exchange("answer", 0, 0, request, response, End(), asked.operation)


def _filled(value: Any, known: Mapping[str, Any]) -> Any:
    """The value with every `{{name}}` replaced; one that is the whole text by the value itself, whatever its type."""
    if isinstance(value, dict):
        return {name: _filled(member, known) for name, member in value.items()}
    if isinstance(value, list):
        return [_filled(member, known) for member in value]
    if not isinstance(value, str):
        return value
    if whole := re.fullmatch(r"\{\{([a-z_]+)\}\}", value):
        return known[whole[1]]
    return re.sub(r"\{\{([a-z_]+)\}\}", lambda found: str(known[found[1]]), value)


@cache
def _endpoints() -> tuple[Endpoint, ...]:
    return msgspec.convert(_form()["endpoints"], tuple[Endpoint, ...])


@cache
def _form() -> dict[str, Any]:
    form: dict[str, Any] = json.loads(FILE.read_bytes())
    return form
