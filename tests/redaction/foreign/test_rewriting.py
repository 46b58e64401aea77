"""Foreign files: redacted in their own format, scanned afterwards, and written completely or not at all."""

import base64
import gzip
import json
import stat
import tracemalloc
from pathlib import Path
from typing import Any

import brotli
import pytest
import yaml

from tests.secret_shapes import KEY, TOKEN, UUID
from wirelore.model.zstd import zstd
from wirelore.redaction.foreign import tnetstring
from wirelore.redaction.foreign.rewriting import Account, Refused, outputs, redact
from wirelore.redaction.redactor import Redactor

MAIL = "ada@example.org"
BODY = json.dumps({"access_token": "tok-FAKE-12", "text": f"of {MAIL}"}).encode()
STREAM = b"event: x\ndata: " + BODY + b"\n\n"
SECRETS = [TOKEN.removeprefix("sk-ant-oat01-"), MAIL, "tok-FAKE-12", "FAKE-sid", UUID]
HAR = {
    "log": {
        "version": "1.2",
        "entries": [
            {
                "request": {
                    "url": f"https://api.anthropic.com/v1/{UUID}?access_token=tok-FAKE-12",
                    "headers": [
                        {"name": "Authorization", "value": f"Bearer {TOKEN}"},
                        {"name": "accept", "value": "x"},
                    ],
                    "cookies": [{"name": "sid", "value": "FAKE-sid"}],
                    "postData": {"mimeType": "application/json", "text": BODY.decode()},
                },
                "response": {
                    "status": 200,
                    "headers": [{"name": "set-cookie", "value": "sid=FAKE-sid; Path=/"}],
                    "content": {"text": base64.b64encode(STREAM).decode(), "encoding": "base64", "size": len(STREAM)},
                },
            }
        ],
    }
}
CASSETTE = {
    "interactions": [
        {
            "request": {
                "headers": {"authorization": [f"Bearer {TOKEN}"], "cookie": ["sid=FAKE-sid"]},
                "uri": "https://x/",
            },
            "response": {"body": {"string": gzip.compress(BODY)}, "status": {"code": 200, "message": UUID}},
        }
    ],
    "version": 1,
}


def redact_file(path: Path, content: bytes, **options: Any) -> tuple[Account, bytes]:
    """Redact a file; return the account and the output."""
    path.write_bytes(content)
    output = path.with_name(f"out-{path.name}")
    return redact(path, output, Redactor(KEY), **options), output.read_bytes()


def shape(value: Any) -> Any:
    """Return a document with each text replaced by its length."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    return (
        [shape(item) for item in value] if isinstance(value, list) else len(value) if isinstance(value, str) else value
    )


def leaves_none(content: bytes) -> bool:
    return not any(secret.encode() in content for secret in SECRETS)


def test_a_har_stays_the_same_except_for_its_secrets(tmp_path: Path) -> None:
    account, written = redact_file(tmp_path / "a.har", json.dumps(HAR, indent=1).encode())
    document = json.loads(written)
    assert (shape(document), leaves_none(written), account.left) == (shape(HAR), True, [])
    entry = document["log"]["entries"][0]
    assert leaves_none(base64.b64decode(entry["response"]["content"]["text"]))
    cookie = entry["request"]["cookies"][0]["value"]
    assert entry["response"]["headers"][0]["value"] == f"sid={cookie}; Path=/"
    kinds = {"authorization": 1, "cookie": 2, "email": 2, "id": 1, "oauth": 3}
    assert (account.form, dict(account.replaced)) == ("har", kinds)


BODIES = {
    "an event stream": STREAM,
    "UTF-16": STREAM.decode().encode("utf-16"),
    "long": b"of nothing in particular, " * 40_000 + STREAM,
    "bytes": b"\x89PNG\0" + bytes(range(256)),
    "nothing": b"",
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_in_base64_is_redacted_inside(tmp_path: Path, name: str) -> None:
    text = base64.b64encode(BODIES[name]).decode()
    content = {"text": text, "encoding": "base64", "after": MAIL}
    account, written = redact_file(
        tmp_path / "a.har", json.dumps({"log": [content, content]}).replace("/", "\\/").encode()
    )
    for one in json.loads(written)["log"]:
        body = base64.b64decode(one["text"])
        assert (len(body), leaves_none(body.replace(b"\0", b"")), one["after"] == MAIL) == (
            len(BODIES[name]),
            True,
            False,
        )
        assert body == BODIES[name] if name == "bytes" else True
    assert account.left == []


def test_invalid_base64_is_treated_as_text_or_refused(tmp_path: Path) -> None:
    _, written = redact_file(
        tmp_path / "a.har", json.dumps({"log": {"text": f"of {MAIL}", "encoding": "base64"}}).encode()
    )
    assert leaves_none(written)
    with pytest.raises(Refused):
        redact_file(tmp_path / "b.har", json.dumps({"log": {"text": "A" * 5000 + "!", "encoding": "base64"}}).encode())


def test_a_pseudonym_is_that_of_a_recording_with_the_same_key(tmp_path: Path) -> None:
    _, written = redact_file(tmp_path / "a.har", json.dumps(HAR).encode())
    authorization = json.loads(written)["log"]["entries"][0]["request"]["headers"][0]["value"]
    assert [("a", authorization)] == [
        ("a", Redactor(KEY).exchange().headers([("authorization", f"Bearer {TOKEN}")])[0][1])
    ]


def test_a_cassette_is_redacted_in_its_packed_bodies_too(tmp_path: Path) -> None:
    account, written = redact_file(tmp_path / "a.yaml", yaml.safe_dump(CASSETTE).encode())
    document = yaml.safe_load(written)
    interaction = document["interactions"][0]
    assert leaves_none(written + gzip.decompress(interaction["response"]["body"]["string"]))
    assert (account.form, account.left, interaction["response"]["status"]["code"]) == ("YAML", [], 200)


def flow(body: bytes, encoding: str, packed: bytes | None = None) -> bytes:
    headers = [[b"authorization", f"Bearer {TOKEN}".encode()], [b"Content-Encoding", encoding.encode()]]
    length = [b"content-length", b"%d" % len(packed or body)]
    message = {"headers": [*headers, length], "content": packed or body, "path": f"/{UUID}".encode()}
    return tnetstring.encode({"request": message, "type": "http", "websocket": None, "version": 20})


ENCODED = {
    "gzip": gzip.compress(BODY),
    "br": brotli.compress(BODY),
    "zstd": zstd.compress(BODY),
    "gzip, br": brotli.compress(gzip.compress(BODY)),
}


OTHERS = {
    "jsonl": (json.dumps({"request": {"headers": {"x-api-key": "FAKE-sid"}}, "body": MAIL}) + "\n") * 3,
    "sse": STREAM.decode(),
    "log": f"12:00 > Authorization: Bearer {TOKEN}\n12:00 < set-cookie: a=FAKE-sid\n{BODY.decode()}\n",
    "json": json.dumps([json.dumps({"refresh_token": "tok-FAKE-12"})]),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_texts_keep_every_other_byte(tmp_path: Path, name: str) -> None:
    content = OTHERS[name].encode()
    account, written = redact_file(tmp_path / f"a.{name}", content)
    assert (len(written), written.count(b"\n"), leaves_none(written), account.left) == (
        len(content),
        content.count(b"\n"),
        True,
        [],
    )


def test_a_packed_file_stays_packed(tmp_path: Path) -> None:
    _, written = redact_file(tmp_path / "a.har.gz", gzip.compress(json.dumps(HAR).encode()))
    assert shape(json.loads(gzip.decompress(written))) == shape(HAR)


def test_a_secret_revealed_later_is_replaced_before_that_place_too(tmp_path: Path) -> None:
    _, written = redact_file(tmp_path / "a.json", b'["it is q7fake7secret", {"api_key": "q7fake7secret"}]')
    assert b"q7fake7secret" not in written


def test_a_value_longer_than_a_window_is_replaced_to_its_end(tmp_path: Path) -> None:
    long = "w" * 700_000
    content = json.dumps({"headers": [{"name": "cookie", "value": f"a={long}"}], "z": "end"}).encode()
    account, written = redact_file(tmp_path / "a.json", content)
    assert (b"wwwwwwww" in written, json.loads(written)["z"], account.left) == (False, "end", [])


def test_the_result_is_private_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    redact_file(tmp_path / "a.json", b"{}")
    assert stat.S_IMODE((tmp_path / "out-a.json").stat().st_mode) == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.json", "out-a.json"]


def test_a_file_is_not_redacted_in_place(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(MAIL, "utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "a.json")
    for output in (tmp_path / "a.json", tmp_path / "link"):
        with pytest.raises(FileExistsError, match="not redacted in place"):
            redact(tmp_path / "a.json", output, Redactor(KEY))
    assert (tmp_path / "a.json").read_text("utf-8") == MAIL


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\0\0", "text".encode("utf-16"), gzip.compress(b"x" * 99, mtime=0)[:-4], b"5:abcde", b"9:hello:}"],
)
def test_an_unreadable_file_is_refused_and_nothing_is_written(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.bin").write_bytes(content)
    if content[:1].isdigit():
        (tmp_path / "a.bin").write_bytes(flow(BODY, "gzip")[:-9])
    with pytest.raises(Refused):
        redact(tmp_path / "a.bin", tmp_path / "b", Redactor(KEY))
    assert [one.name for one in tmp_path.iterdir()] == ["a.bin"]


def test_a_remaining_canary_is_reported_with_its_place(tmp_path: Path) -> None:
    account, _ = redact_file(tmp_path / "a.txt", b"a note of Lady Lovelace", canaries=["Lovelace"])
    assert list(account.lines())[1:] == [f"residue\t{tmp_path}/out-a.txt at 15: canary (8 bytes): canary 1"]


def test_one_file_goes_to_the_output_and_several_into_a_folder(tmp_path: Path) -> None:
    one, two = Path("x/a.har"), Path("y/b.har")
    assert list(outputs([one], tmp_path / "new")) == [(one, tmp_path / "new")]
    assert list(outputs([one], tmp_path)) == [(one, tmp_path / "a.har")]
    assert list(outputs([one, two], tmp_path / "new")) == [(one, tmp_path / "new/a.har"), (two, tmp_path / "new/b.har")]
    with pytest.raises(FileExistsError, match="redact them separately"):
        list(outputs([one, Path("y/a.har")], tmp_path / "new"))


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "large.har"
    entry = json.dumps({**HAR["log"]["entries"][0], "filler": "of nothing in particular " * 20_000})  # type: ignore[dict-item]
    with path.open("w") as stream:
        stream.write('{"log": {"entries": [' + entry)
        stream.writelines("," + entry for _ in range(47))
        stream.write("]}}")
    tracemalloc.start()
    account = redact(path, tmp_path / "out", Redactor(KEY))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (path.stat().st_size > 24_000_000, account.left, peak < 16 << 20) == (True, [], True)
