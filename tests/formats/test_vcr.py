"""VCR cassettes of Python and Ruby become drafts."""

import base64
import gzip
import json
from pathlib import Path

from wirelore.formats import Draft, Problem, read

_RUBY = """---
http_interactions:
- request:
    method: post
    uri: https://api.example.com/v1/things?x=1
    body:
      encoding: UTF-8
      string: '{"a":1}'
    headers:
      X-Api-Key:
      - "<KEY>"
      Set-Cookie: [a, b]
  response:
    status: {code: 200, message: OK}
    headers:
      Date: ['Sun, 15 Feb 2026 07:59:40 GMT']
    body:
      encoding: ASCII-8BIT
      string: !binary |-
        4oKs
  recorded_at: Sun, 15 Feb 2026 07:59:42 GMT
recorded_with: VCR 6.4.0
"""


def _all(folder: Path, content: str | bytes) -> list[Draft | Problem]:
    path = folder / "some.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read(path))


def _cassette(body: str, headers: str = "{}") -> str:
    return (
        "interactions:\n"
        "- request: {body: null, headers: {}, method: GET, uri: 'http://example.com:8080'}\n"
        f"  response:\n    body: {{string: {body}}}\n    headers: {headers}\n"
        "    status: {code: 200, message: OK}\nversion: 1\n"
    )


def _draft(folder: Path, content: str | bytes) -> Draft:
    (draft,) = _all(folder, content)
    assert isinstance(draft, Draft)
    return draft


def test_a_ruby_cassette_keeps_headers_binary_bodies_and_the_time_of_recording(tmp_path: Path) -> None:
    draft = _draft(tmp_path, _RUBY)
    exchange = draft.exchange
    assert exchange.response is not None
    assert (exchange.request.method, exchange.request.host, exchange.request.port) == ("POST", "api.example.com", 443)
    assert exchange.request.target == "/v1/things?x=1"
    assert exchange.request.headers.lines == (("X-Api-Key", "<KEY>"), ("Set-Cookie", "a"), ("Set-Cookie", "b"))
    assert (draft.request_body, draft.response_body) == (((0, b'{"a":1}'),), ((0, b"\xe2\x82\xac"),))
    assert exchange.started_us == 1_771_142_382_000_000
    assert exchange.absent == ("connection", "end", "header-case", "times")
    assert (exchange.origin, exchange.source, exchange.end.cause) == ("vcr", "some.yaml#1", "imported")


def test_a_cassette_without_dates_starts_at_zero_with_absent_times(tmp_path: Path) -> None:
    draft = _draft(tmp_path, _cassette("'x'"))
    assert draft.exchange.started_us == 0
    assert (draft.exchange.request.port, draft.exchange.request.target) == (8080, "/")
    absent = ("connection", "end", "request-headers", "response-headers", "start", "times")
    assert draft.exchange.absent == absent


def test_the_bytes_decide_whether_a_body_is_still_compressed(tmp_path: Path) -> None:
    packed = base64.b64encode(gzip.compress(b"{}", mtime=0)).decode()
    headers = "{Content-Encoding: [gzip]}"
    assert _draft(tmp_path, _cassette(f"!!binary {packed}", headers)).encoded == ("response",)
    assert _draft(tmp_path, _cassette("'{}'", headers)).encoded == ()
    assert _draft(tmp_path, _cassette("'{}'", "{content-encoding: br}")).encoded == ()


def test_a_body_without_headers_shows_its_media_type(tmp_path: Path) -> None:
    stream = _draft(tmp_path, _cassette('"event: ping\\ndata: {}\\n\\n"'))
    assert stream.exchange.response is not None
    assert stream.exchange.response.is_event_stream
    assert "response-headers" in stream.exchange.absent


def test_a_json_cassette_is_read(tmp_path: Path) -> None:
    interaction = {
        "request": {"method": "POST", "uri": "https://example.com/", "headers": {"A": ["1"]}, "body": "é"},
        "response": {
            "status": {"code": 404, "message": "Not Found"},
            "headers": {"B": "2"},
            "body": {"base64_string": base64.b64encode(b"\xff").decode()},
        },
    }
    draft = _draft(tmp_path, json.dumps({"interactions": [interaction], "version": 1}))
    assert (draft.request_body, draft.response_body) == (((0, "é".encode()),), ((0, b"\xff"),))
    assert draft.exchange.response is not None
    assert draft.exchange.response.status == 404


def test_an_invalid_interaction_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    good = _cassette("'x'").partition("\n")[2].rpartition("version")[0]
    bad = good.replace("code: 200", "code: soon")
    items = _all(tmp_path, "interactions:\n" + good + bad + good)
    assert [type(item) for item in items] == [Draft, Problem, Draft]
    assert str(items[1]) == "some.yaml: interaction 2: status 'soon'; expected a number from 100 to 999"


_LEVELS = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 10))


def test_a_body_that_is_not_base64_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    good = _cassette("x").replace("{string: x}", "{base64_string: e30=}").partition("\n")[2].rpartition("version")[0]
    bad = good.replace("e30=", "no-base64")
    items = _all(tmp_path, "interactions:\n" + good + bad)
    assert [type(item) for item in items] == [Draft, Problem]
    assert "a response body that is not base64" in str(items[1])
