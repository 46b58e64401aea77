"""The plan: strings that are secret because of a name elsewhere, in every form used by recordings."""

import io
import json
from typing import Any

import pytest

from wirelore.redaction.foreign.plan import planned
from wirelore.redaction.secret_rules import packaged

RULES = packaged()


def secrets(content: bytes, **options: bool) -> list[tuple[str, str]]:
    """Return the strings of the plan with their kinds."""
    spans = planned(io.BytesIO(content), RULES, **options).spans(0, 0, len(content))
    return [(content[span.start : span.end].decode(), span.rule.kind) for span in spans]


PAIR = {"name": "X-Api-Key", "value": "FAKE"}
FORMS: dict[str, tuple[Any, list[tuple[str, str]]]] = {
    "pairs": ({"headers": [PAIR]}, [("FAKE", "api-key")]),
    "pairs the other way round": (
        {"headers": [{"value": "FAKE", "name": "authorization"}]},
        [("FAKE", "authorization")],
    ),
    "pairs under any name": ({"fields": [PAIR]}, [("FAKE", "api-key")]),
    "two strings": ({"headers": [["cookie", "a=FAKE"]]}, [("a=FAKE", "cookie")]),
    "a flat list": ({"rawHeaders": ["Accept", "x", "Cookie", "a=FAKE"]}, [("a=FAKE", "cookie")]),
    "lines": ({"response_headers": ["Set-Cookie: a=FAKE"]}, [("a=FAKE", "cookie")]),
    "a map": ({"request_headers": {"x-session-id": "FAKE", "accept": "x"}}, [("FAKE", "id")]),
    "a map of lists": ({"headers": {"x-api-key": ["FAKE", "FAK2"]}}, [("FAKE", "api-key"), ("FAK2", "api-key")]),
    "cookies": ({"cookies": [{"name": "theme", "value": "dark", "path": "/"}]}, [("dark", "cookie")]),
    "a map of cookies": ({"cookies": {"theme": "dark"}}, [("dark", "cookie")]),
    "parameters": ({"queryString": [{"name": "access_token", "value": "t-1"}]}, [("t-1", "oauth")]),
    "parameters of OAuth": (
        {"params": [{"name": "code", "value": "c-1"}, {"name": "grant_type", "value": "authorization_code"}]},
        [("c-1", "oauth")],
    ),
    "a code of another kind": ({"params": [{"name": "code", "value": "c-1"}]}, []),
    "an id of prose": ({"facts": [{"name": "user", "value": "Ada"}]}, []),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_found_in_every_form(form: str) -> None:
    document, expected = FORMS[form]
    assert secrets(json.dumps({"log": [document, {"a": 1}]}).encode()) == expected


def test_names_are_read_through_their_escapes() -> None:
    assert secrets(rb'{"headers":[{"name":"X\u002dApi-Key","value":"FA\"KE"}]}') == [(r"FA\"KE", "api-key")]


LINES = b"> Authorization: Bearer FAKE\r\ncurl -H 'x-api-key: FAK2' https://x\nuser: Ada\nCookie: a=FAK3"


def test_a_line_ends_with_the_text_that_contains_it() -> None:
    nested = rb'["{\"a\": \"cookie: FAKE, please\", \"b\": \"x-api-key: FAK2\n\"}"]'
    assert secrets(nested, lines=True) == [("FAKE, please", "cookie"), ("FAK2", "api-key")]


def test_lines_are_scanned_only_where_they_may_be_headers() -> None:
    expected = [("Bearer FAKE", "authorization"), ("FAK2", "api-key"), ("a=FAK3", "cookie")]
    assert (secrets(LINES, lines=True), secrets(LINES)) == (expected, [])


@pytest.mark.parametrize("content", [b"", b"}}]]", b"[" * 2000, b'{"a"', b'"headers":{"cookie"', b"\xff\x00{"])
def test_a_text_that_is_not_json_gives_an_empty_plan(content: bytes) -> None:
    assert secrets(content) == []
