"""YAML through JSON and back: the document keeps its content and types."""

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


def test_a_document_is_restored() -> None:
    result, original = yaml.safe_load(as_yaml(as_json(CASSETTE, []))), yaml.safe_load(CASSETTE)
    for document in (result, original):
        document["interactions"][0]["response"]["status"]["when"] = str(
            document["interactions"][0]["response"]["status"]["when"]
        )
        body = document["interactions"][0]["response"]["body"]
        body["string"] = gzip.decompress(body["string"])
    assert result == original


def test_compressed_bytes_are_text_in_the_json() -> None:
    document = json.loads(as_json(CASSETTE, []))
    assert document["interactions"][0]["response"]["body"]["string"] == {"!!binary": ["gzip", '{"a": 1}']}


@pytest.mark.parametrize("content", [b"a: !!python/object:os.system x", b"a: [", b"1: b"])
def test_yaml_with_tags_or_other_names_is_refused(content: bytes) -> None:
    with pytest.raises(EntryError):
        as_json(content, [])


def test_bytes_that_cannot_be_decompressed_are_left_out_with_a_note() -> None:
    notes: list[str] = []
    packed = base64.b64encode(gzip.compress(b"secret")[:-6]).decode()
    assert yaml.safe_load(as_yaml(as_json(f"a: !!binary {packed}".encode(), notes))) == {
        "a": gzip.compress(b"", mtime=0)
    }
    assert [note.partition(":")[0] for note in notes] == ["20 bytes of gzip left out"]
