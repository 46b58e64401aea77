"""Receipts: copies of captures with the same findings and without content."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from tests.exchanges import event, exchange, written_capture
from tests.secret_shapes import KEY, TOKEN, UUID
from tests.store.test_writer import written
from wirelore.analysis.check import check
from wirelore.model import codec
from wirelore.model.exchange import Body, End, Exchange, Headers
from wirelore.model.packaged import SAMPLES
from wirelore.redaction.audit.verification import Verification
from wirelore.redaction.redactor import Redactor
from wirelore.schema.library import PACKAGED, Library
from wirelore.skeleton.skeleton_copy import write
from wirelore.store.writer import Capture, CaptureWriter

SAMPLE_NAMES = sorted(path.name for path in SAMPLES.iterdir())
WORD = "Kumquat7"
"""Never occurs by chance: substitutes of texts have no capital letters."""
JSON_TYPE = ("content-type", "application/json")


def receipt(capture: Path, folder: Path, key: bytes = KEY) -> Path:
    write(Capture(capture), folder, key, "0123abcd")
    return folder


def findings(folder: Path, library: Library) -> Counter[tuple[str, str, str, int | None]]:
    """Return the findings by rule and place."""
    return Counter(
        (finding.rule, finding.exchange, finding.pointer, finding.item)
        for finding in check(Capture(folder).exchanges(), library)
    )


def everything(folder: Path) -> bytes:
    """Return all names and bytes in a folder."""
    paths = sorted(folder.rglob("*"))
    names = "\n".join(path.relative_to(folder).as_posix() for path in paths).encode()
    return b"\n".join([names, *(path.read_bytes() for path in paths if path.is_file())])


@pytest.fixture(scope="module")
def library() -> Library:
    return Library()


UNKNOWN_NAMES = {
    "telemetry": {
        ("request-bodies/new-field", f"/body/user/customIDs/{name}") for name in ("accountUUID", "organizationUUID")
    }
}
"""The findings that differ, because names that no schema has are content."""


@pytest.mark.parametrize("sample", SAMPLE_NAMES)
def test_the_findings_are_those_of_the_capture_except_for_unknown_names(
    sample: str, tmp_path: Path, library: Library
) -> None:
    before, after = findings(SAMPLES / sample, library), findings(receipt(SAMPLES / sample, tmp_path / "one"), library)
    missing, added = before - after, after - before
    assert {(rule, pointer) for rule, _, pointer, _ in missing} == UNKNOWN_NAMES.get(sample, set())
    assert Counter((rule, name, item) for rule, name, _, item in missing) == Counter(
        (rule, name, item) for rule, name, _, item in added
    )


@pytest.mark.parametrize("sample", SAMPLE_NAMES)
def test_a_receipt_is_intact_and_has_no_residue(sample: str, tmp_path: Path) -> None:
    folder, verification = receipt(SAMPLES / sample, tmp_path / "one"), Verification()
    lines = list(verification.lines(folder))
    assert ([line for line in lines if not line.startswith("unexplained")], verification.failed) == ([], False)


@pytest.mark.parametrize("sample", SAMPLE_NAMES)
def test_sizes_steps_and_times_are_the_same(sample: str, tmp_path: Path) -> None:
    for one, two in zip(
        Capture(SAMPLES / sample).exchanges(),
        Capture(receipt(SAMPLES / sample, tmp_path / "one")).exchanges(),
        strict=True,
    ):
        assert (one.id, one.started_us, one.end.us, one.end.cause, one.tags) == (
            two.id,
            two.started_us,
            two.end.us,
            two.end.cause,
            two.tags,
        )
        for before, after in ((one.request, two.request), (one.response, two.response)):
            if before and after:
                assert [name for name, _ in before.headers] == [name for name, _ in after.headers]
                assert replace(before.body, sha256="", undecoded="") == replace(after.body, sha256="", undecoded="")
                assert (before.body.undecoded is None) == (after.body.undecoded is None)
        if one.response and two.response and one.response.is_event_stream:
            assert [event.name for event in one.response.events()] == [event.name for event in two.response.events()]


def vocabulary() -> str:
    """Return all names and values that the packaged schemas know."""

    def words(node: Any, names: bool = False) -> Iterator[str]:
        if isinstance(node, dict):
            for name, one in node.items():
                yield from [name] if names else []
                yield from words(one, name == "properties" and not names)
                yield from [str(one)] if name == "const" else map(str, one) if name == "enum" else []
        elif isinstance(node, list):
            for one in node:
                yield from words(one)

    documents = [json.loads(path.read_bytes()) for path in PACKAGED.rglob("*.json") if path.parent.name != "claims"]
    return "\n".join(sorted({word for one in documents for word in words(one)}))


def texts(value: Any) -> Iterator[str]:
    """Yield all strings and names in a JSON value."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, str):
        yield value


def contents(exchange: Exchange) -> Iterator[str]:
    """Yield the texts in an exchange: strings and names in JSON bodies, words of other bodies, header values."""
    for message in filter(None, (exchange.request, exchange.response)):
        content = message.body.read()
        lines = (content,) if codec.document(content).problem is None else content.split(b"\n")
        for line in lines:
            document = codec.document(line.removeprefix(b"data: "))
            yield from texts(document.value) if not document.problem else re.findall(r"\w+", line.decode("latin-1"))
        yield from (value for _, value in message.headers)


def windows(text: str) -> set[str]:
    """Return the parts of a text that do not occur by chance in random letters: 9 letters, or 6 other characters."""
    six = {text[at : at + 6] for at in range(len(text) - 5)}
    return {part for part in six if re.search("[^a-z]", part)} | {text[at : at + 9] for at in range(len(text) - 8)}


UNMASKED = re.compile(
    r"[0-9T:.+Z-]*|claude-[a-z0-9.-]+|[A-Z][a-z]{2}, .* GMT|(?:\w+-)+20.*"
    r"|[\w-]+/[\w.-]+(?:; ?(?:boundary|charset)=.*)?"
)
"""Numbers, times, models, flags, clients and media types."""
PROTOCOL = """Bearer sk-ant-oat01- sk-ant-ort01- sk-ant-api03- https:// http:// toolu_ srvtoolu_ msgbatch_
Content-Disposition Content-Type filename form-data gzip, deflate, br, zstd keep-alive max-age message_start
content_block_start event-stream"""


@pytest.mark.parametrize("sample", SAMPLE_NAMES)
def test_no_part_of_an_unknown_text_remains(sample: str, tmp_path: Path) -> None:
    content = {text for one in Capture(SAMPLES / sample).exchanges() for text in contents(one)}
    known_words = {*vocabulary().split("\n"), *filter(UNMASKED.fullmatch, content)}
    allowed = "\n".join([PROTOCOL, *known_words])
    copied = {
        text for one in Capture(receipt(SAMPLES / sample, tmp_path / "one")).exchanges() for text in contents(one)
    }
    remaining = set().union(*map(windows, copied))
    assert {
        part for text in content - known_words for part in windows(text) & remaining if part not in allowed
    } == set()


def everywhere() -> Exchange:
    """Return an exchange with WORD in every place."""
    deep = {WORD: [{WORD: f"x {WORD}", "n": 17}], "text": f'{WORD}\\n\u00e9\U0001f600 "{WORD}"'}
    body = {
        "model": WORD,
        "system": WORD,
        "messages": [{"role": "user", "content": [{"type": "text", "text": WORD}, {"type": WORD, WORD: 5.5e3}]}],
        "tools": [{"name": WORD, "description": WORD, "input_schema": {"type": "object", "properties": deep}}],
        "metadata": {"user_id": json.dumps(deep)},
        WORD: deep,
    }
    headers = [
        JSON_TYPE,
        ("authorization", f"Bearer {TOKEN}"),
        ("cookie", f"{WORD}=other-1"),
        ("user-agent", f"claude-cli/2.0.1 ({WORD}, {WORD}/1.0)"),
        ("anthropic-beta", f"oauth-2025-04-20,{WORD}"),
        ("accept", f"application/json, text/{WORD}"),
        ("accept-language", WORD),
        ("host", f"{WORD}.example:8443"),
        ("x-stainless-os", WORD),
        ("x-note", WORD),
    ]
    head = f": {WORD}\nid: {WORD}\nretry: 12\n{WORD}: {WORD}\n\ndata: {WORD}\ndata: {WORD}\n\n"
    events = [("message_start", {"type": "message_start", "message": deep}), (WORD, deep), ("error", {"error": deep})]
    one = exchange(
        body,
        headers=headers,
        host=f"{WORD}.example",
        operation=f"POST /{WORD}/v1",
        target=f"/{WORD}/v1?{WORD}={WORD}&beta={WORD}",
        events=[],
        tail=head.encode() + b"".join(event(name, data) for name, data in events) + f"event: {WORD}".encode(),
        source=f"{WORD}.har#3",
        origin="har",
        connection={"sni": WORD, "server_name": WORD, "tls_version": "TLSv1.3", "alpn": WORD},
    )
    response = replace(one.response, reason=WORD, trailers=Headers(((f"x-{UUID}", WORD),)))  # type: ignore[type-var]
    return replace(one, response=response, end=End("upstream-cut", 5, f"{WORD} said"))


BODIES = {
    "form": ("application/x-www-form-urlencoded", f"grant_type={WORD}&{WORD}=a+{WORD}".encode()),
    "multipart": (
        "multipart/form-data; boundary=xyz",
        f'--xyz\r\nContent-Disposition: form-data; name="file"; filename="{WORD}.txt"\r\nContent-Type: text/{WORD}\r\n'
        f'\r\n{WORD}\r\n--xyz\r\nContent-Disposition: form-data; name="{WORD}"\r\n\r\n{WORD}\r\n--xyz--\r\n'.encode(),
    ),
    "lines": ("application/x-jsonl", f'{{"a":"{WORD}"}}\n{{"custom_id":"{WORD}"}}\nno {WORD}\n'.encode()),
    "page": ("text/html", f"<p>{WORD}</p>".encode()),
    "not JSON": ("application/json", f'{{"a": "{WORD}'.encode()),
    "bytes": ("application/octet-stream", b"\0\xff" + WORD.encode() + b"\0"),
    "a vendor's own type": (f"application/vnd.{WORD}+json", f'"{WORD}"'.encode()),
}


def test_a_word_in_every_place_of_a_capture_is_nowhere_in_the_receipt(tmp_path: Path) -> None:
    one = everywhere()
    bodies = [
        exchange(
            content,
            content,
            operation="POST /v1/files",
            headers=[("content-type", kind)],
            answer_headers=[("content-type", kind)],
        )
        for kind, content in BODIES.values()
    ]
    writer = CaptureWriter(
        tmp_path / "made",
        Redactor(KEY),
        tool={"wirelore": "1.0", WORD: WORD},
        options={"hosts": [WORD], WORD: WORD, "labels": {"scenario": WORD, "version": "1.2.3", WORD: WORD}},
    )
    writer.notes = {"passed_through": {f"{WORD}.example": 2}, "words": [WORD]}
    writer.write(
        one,
        request_body=[(1, one.request.body.read())],
        response_body=[(2, (one.response.body if one.response else Body()).read())],
        notes={"websocket": {"said": WORD, WORD: 1}},
    )
    for each in bodies:
        assert each.response is not None
        writer.write(each, request_body=[(1, each.request.body.read())], response_body=[(2, each.response.body.read())])
    writer.close()
    source, copied = everything(tmp_path / "made"), everything(receipt(tmp_path / "made", tmp_path / "receipt"))
    assert source.count(WORD.encode()) > 80
    assert re.findall(rb"(?i).{0,30}kumquat.{0,30}", copied) == []
    assert len(copied.split(b"\n")) >= len(source.split(b"\n")) - 40
    assert not Verification().failed
    verification = Verification()
    assert [line for line in verification.lines(tmp_path / "receipt") if line.startswith(("broken", "residue"))] == []


def test_the_manifest_identifies_the_receipt_and_its_keys(tmp_path: Path) -> None:
    CaptureWriter(tmp_path / "a", Redactor(KEY), key_id="00ff00ff").close()
    manifest = json.loads((receipt(tmp_path / "a", tmp_path / "b") / "capture.json").read_bytes())
    assert (manifest["receipt"], manifest["receipt_key"], manifest["redaction"]["key"]) == (
        True,
        "0123abcd",
        "00ff00ff",
    )


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path / "a", exchange()).folder
    with pytest.raises(FileExistsError, match="is not empty"):
        receipt(folder, folder)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def skeleton(content: bytes) -> bytes:
    """Return a valid JSON document without its texts and digits."""
    assert codec.document(content).problem is None
    return re.sub(rb"[0-9]", b"0", re.sub(rb'"(?:[^"\\]|\\.)*"', b'""', content))


DUPLICATES = {
    "a name twice": f'{{"role": "{WORD}", "role": "user"}}',
    "a name twice, once a list": f'{{"messages": ["{WORD}", "{WORD}"], "messages": [{{"role": "user"}}]}}',
    "a name twice, once an object": f'{{"messages": {{"{WORD}": "{WORD}"}}, "messages": []}}',
    "a shorter list last": f'{{"messages": [{{}}, "{WORD}", "{WORD}"], "messages": [{{}}]}}',
}


def test_receipts_under_one_key_keep_equal_scenarios_equal(tmp_path: Path) -> None:
    scenarios = []
    for name, scenario in (("a", "mine"), ("b", "mine"), ("c", "other")):
        labels = {"client": "claude", "version": "1.2.3", "scenario": scenario, "repeat": "2"}
        written_capture(tmp_path / name, exchange({"model": "m"}), labels=labels)
        manifest = json.loads((receipt(tmp_path / name, tmp_path / f"{name}-receipt") / "capture.json").read_bytes())
        scenarios.append(manifest["options"]["labels"])
    one, two, other = (labels["scenario"] for labels in scenarios)
    assert one == two != other
    assert {(labels["version"], labels["repeat"]) for labels in scenarios} == {("1.2.3", "2")}
    assert "mine" not in one
