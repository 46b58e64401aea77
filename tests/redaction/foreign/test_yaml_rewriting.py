"""YAML on its way through JSON: it comes back as it was, with the types that it had."""

import base64
import gzip
import json

import pytest
import yaml

from wirelore.formats.draft import EntryError
from wirelore.redaction.foreign.yaml_rewriting import as_json, as_yaml

CASSETTE = f"""interactions:
- request:
    body: null
    headers: {{Accept: ['*/*'], X-Odd: "caf\\xe9"}}
  response:
    body: {{string: !!binary {base64.b64encode(gzip.compress(b'{"a": 1}')).decode()}}}
    raw: !!binary {base64.b64encode(bytes(range(256))).decode()}
    status: {{code: 200, message: OK, when: 2026-01-01, text: '200', ok: yes, cost: 1.5}}
version: 1
""".encode()


def test_a_document_comes_back_as_it_was() -> None:
    came, was = yaml.safe_load(as_yaml(as_json(CASSETTE, []))), yaml.safe_load(CASSETTE)
    for document in (came, was):
        document["interactions"][0]["response"]["status"]["when"] = str(
            document["interactions"][0]["response"]["status"]["when"]
        )
        body = document["interactions"][0]["response"]["body"]
        body["string"] = gzip.decompress(body["string"])
    assert came == was


def test_packed_bytes_are_text_while_they_are_json() -> None:
    document = json.loads(as_json(CASSETTE, []))
    assert document["interactions"][0]["response"]["body"]["string"] == {"!!binary": ["gzip", '{"a": 1}']}


@pytest.mark.parametrize("content", [b"a: !!python/object:os.system x", b"a: [", b"1: b"])
def test_what_is_no_plain_yaml_is_refused(content: bytes) -> None:
    with pytest.raises(EntryError):
        as_json(content, [])


def test_what_cannot_be_unpacked_is_left_out_and_said_so() -> None:
    notes: list[str] = []
    packed = base64.b64encode(gzip.compress(b"secret")[:-6]).decode()
    assert yaml.safe_load(as_yaml(as_json(f"a: !!binary {packed}".encode(), notes))) == {
        "a": gzip.compress(b"", mtime=0)
    }
    assert [note.partition(":")[0] for note in notes] == ["20 bytes of gzip were left out"]
