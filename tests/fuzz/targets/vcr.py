"""The importer of VCR cassettes."""

import json
from collections.abc import Iterator

from tests.fuzz.ground import check_import, packed

_YAML = b"""interactions:
- request: {method: POST, uri: 'https://api.anthropic.com/v1/messages', headers: {A: [b, c]}, body: &b '{"a": 1}'}
  response:
    status: {code: 200, message: OK}
    headers: {Content-Type: [application/json], Content-Encoding: [gzip]}
    body: {string: !!binary "H4sIAAAAAAAC/6uuBQBDv6ajAgAAAA=="}
- request: {method: GET, uri: 'https://api.anthropic.com/', body: *b}
  response: {status: {code: 404}, body: {base64_string: e30=}}
  recorded_at: Thu, 01 Jan 2026 00:00:00 GMT
version: 1
"""
RUNS = 14_000


def check(data: bytes) -> None:
    """Import any bytes as a cassette."""
    check_import(data, "vcr")


def seeds() -> Iterator[bytes]:
    """Yield cassettes of both recorders in YAML and JSON, and YAML that constructs objects."""
    document = {"interactions": [{"request": {"uri": "https://a/"}, "response": {"status": 200, "body": "x"}}]}
    yield from packed(_YAML, _YAML.replace(b"interactions", b"http_interactions"), json.dumps(document).encode())
    yield b"interactions:\n- !!python/object/apply:os.system ['true']\n"
    yield b"a: &a [x, x]\nb: &b [*a, *a]\ninteractions: [*b, *b]\n"
    yield b"interactions: &a\n- *a\n? [1]\n: !!set {a, b}\n<<: *a\n"
