"""mitmproxy's flow files: bodies are redacted inside their encoding."""

import json
from pathlib import Path

import pytest

from tests.redaction.foreign.test_rewriting import BODY, ENCODED, flow, leaves_none, redact_file, shape
from wirelore.model.encodings import Decoder
from wirelore.redaction.foreign import tnetstring


@pytest.mark.parametrize("encoding", ENCODED)
def test_the_bodies_of_flows_are_redacted_inside_their_encoding(tmp_path: Path, encoding: str) -> None:
    account, written = redact_file(tmp_path / "a.flow", flow(BODY, encoding, ENCODED[encoding]))
    (request,) = [value["request"] for value in tnetstring.values((tmp_path / "out-a.flow").open("rb"))]
    decoder = Decoder(encoding)
    body = decoder.feed(request["content"]) + decoder.finish()
    assert leaves_none(written + body)
    assert (shape(json.loads(body)), account.left) == (shape(json.loads(BODY)), [])
    assert dict(map(tuple, request["headers"]))[b"content-length"] == b"%d" % len(request["content"])


def test_a_body_that_cannot_be_decoded_is_left_out_with_a_note(tmp_path: Path) -> None:
    account, written = redact_file(tmp_path / "a.flow", flow(BODY, "gzip"))
    assert (leaves_none(written), [note.partition(": ")[0] for note in account.notes]) == (True, ["flow 1/request"])
