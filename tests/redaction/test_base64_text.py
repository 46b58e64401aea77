"""Base64: secrets inside it are replaced as outside, and nothing else changes."""

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import work
from tests.secret_shapes import KEY, UUID, redacted
from wirelore.redaction import base64_text
from wirelore.redaction.redactor import Redactor
from wirelore.redaction.windows import TAIL, WINDOW

PSEUDONYM = Redactor(KEY).pseudonyms.pseudonym(UUID.encode()).decode()
HASH = "0f" * 32


def document(padding: str = "") -> str:
    return json.dumps({"id": UUID, "text": f"ü~?>{padding}", "mail": "ada@example.org", "n": 1}, ensure_ascii=False)


def hidden(text: str) -> str:
    mail = Redactor(KEY).pseudonyms.pseudonym(b"ada@example.org").decode()
    return text.replace(UUID, PSEUDONYM).replace("ada@example.org", mail)


@pytest.mark.parametrize("padding", ["", "x", "xx"])
@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_keeps_its_alphabet_padding_and_length(
    padding: str, padded: bool, encode: Callable[[bytes], bytes]
) -> None:
    text = document(padding)
    before, after = (encode(item.encode()) for item in (text, hidden(text)))
    if not padded:
        before, after = before.rstrip(b"="), after.rstrip(b"=")
    for lead, tail in ((b'{"additional_metadata":"', b'","b":1}'), (b"x=", b"&y=2"), (b"base64-", b"\n")):
        assert redacted(lead + before + tail) == lead + after + tail


def test_a_secret_has_the_same_pseudonym_inside_and_outside_and_counts_as_its_own_kind() -> None:
    scrub = Redactor(KEY).exchange()
    result = scrub.text(f"{UUID} {base64.b64encode(document().encode()).decode()}")
    outside, _, inside = result.partition(" ")
    assert outside == PSEUDONYM
    assert base64.b64decode(inside).decode() == hidden(document())
    assert scrub.counts == {"id": 2, "email": 1}


@pytest.mark.parametrize(
    ("depth", "unchanged"),
    [pytest.param(4, False, id="four-deep"), pytest.param(5, True, id="five-deep-is-not-read")],
)
def test_base64_inside_base64_is_unwrapped_four_deep(depth: int, unchanged: bool) -> None:
    text = document()
    for _ in range(depth):
        text = json.dumps({"more": base64.b64encode(text.encode()).decode()})
    result = redacted(text.encode()).decode()
    for _ in range(depth):
        result = base64.b64decode(json.loads(result)["more"]).decode()
    assert result == (document() if unchanged else hidden(document()))


def test_escaped_characters_stay_escaped_in_a_query_and_in_json() -> None:
    text = json.dumps({"a": "~?>~?>~?>", "id": UUID, "b": "?~~>?>"})
    plain, expected = (base64.b64encode(item.encode()).decode() for item in (text, hidden(text)))
    assert {"+", "/"} <= set(plain)
    target = Redactor(KEY).exchange().target
    assert target(f"/x?data={quote(plain, safe='')}&y=1") == f"/x?data={quote(expected, safe='')}&y=1"
    escaped = plain.replace("/", "\\/").replace("+", "\\u002b")
    assert json.loads(redacted(f'{{"a":"{escaped}"}}'.encode())) == {"a": expected}


def test_known_values_and_words_are_found_inside() -> None:
    redactor = Redactor(KEY, words=["zebulon"])
    redactor.exchange().headers([("x-claude-code-session-id", "q1w2e3r4t5")])
    content = b'{"text":"q1w2e3r4t5 of zebulon here"}'
    result = base64.b64decode(redacted(base64.b64encode(content), redactor))
    names = [redactor.pseudonyms.pseudonym(secret) for secret in (b"q1w2e3r4t5", b"zebulon")]
    assert result == b'{"text":"%b of %b here"}' % tuple(names)


def test_a_secret_found_inside_is_known_outside() -> None:
    redactor = Redactor(KEY)
    redacted(base64.b64encode(b'{"session_id":"q1w2e3r4t5"}'), redactor)
    assert redacted(b"q1w2e3r4t5", redactor) == redactor.pseudonyms.pseudonym(b"q1w2e3r4t5")


def test_a_jwt_is_replaced_as_one_and_not_unwrapped() -> None:
    parts = [
        base64.urlsafe_b64encode(part).rstrip(b"=") for part in (b'{"alg":"none"}', document().encode(), b"sign-it")
    ]
    scrub = Redactor(KEY).exchange()
    token = b".".join(parts).decode()
    assert scrub.text(token) == Redactor(KEY).pseudonyms.pseudonym(token.encode()).decode()
    assert scrub.counts == {"jwt": 1}


def test_plain_text_right_after_base64_is_scanned_too() -> None:
    inner = base64.urlsafe_b64encode(document("x" * 40).encode()).rstrip(b"=")
    result = redacted(inner + b"_" + UUID.encode() + b" " + UUID.encode())
    assert result.endswith(b" " + PSEUDONYM.encode())
    assert UUID.encode()[8:] not in result


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"iVBORw0KGgo" + b"eyJAb1/+Zz9" * 600, id="image"),
        pytest.param(b"Er" + b"Ab1/WyJ+Zz9" * 60 + b"==", id="signature"),
        pytest.param(base64.b64encode(b'{"mode":"plain","count":12,"ok":false,"m":"msg_01FAKE"}'), id="no-secret"),
        pytest.param(b"theyIdentifyKeyIdentifierWithoutAnySpaces", id="words"),
    ],
)
def test_base64_without_secrets_and_similar_text_stay(content: bytes) -> None:
    assert redacted(b'{"data":"' + content + b'"}') == b'{"data":"' + content + b'"}'


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_long_base64_is_redacted_wherever_a_window_ends_and_however_it_is_cut(seed: int) -> None:
    turn = json.dumps({"session_id": UUID, "hash": HASH, "text": "words " * (seed + 1)})
    content = ("[" + ",".join([turn] * (450_000 // len(turn))) + "]").encode()
    expected = (
        hidden(content.decode()).replace(HASH, Redactor(KEY).pseudonyms.pseudonym(HASH.encode()).decode()).encode()
    )
    lead = b"." * (seed * 1111)
    before = lead + b'"' + base64.b64encode(content) + b'","id":"' + UUID.encode() + b'"'
    after = lead + b'"' + base64.b64encode(expected) + b'","id":"' + PSEUDONYM.encode() + b'"'
    assert redacted(before) == after
    assert redacted(before, cuts=tuple(range(0, len(before), 77_777))) == after


@pytest.mark.parametrize("offset", range(-60, 60, 13))
def test_base64_on_the_window_s_border_is_one(offset: int) -> None:
    lead, tail = b"." * (WINDOW + offset), b"." * (2 * TAIL)
    before, after = (base64.b64encode(item.encode()) for item in (document(), hidden(document())))
    assert redacted(lead + before + b'"' + tail) == lead + after + b'"' + tail


def test_a_value_that_fills_a_window_inside_base64_is_hidden_to_the_end_of_the_base64() -> None:
    inner = base64.b64encode(b'{"access_token":"' + b"Zq9" * WINDOW + b'"}')
    result = redacted(inner + b'" kept')
    assert len(result) == len(inner) + 6
    assert result.endswith(b'" kept')
    assert base64.b64encode(b"Zq9") not in result


@given(st.text(max_size=200), st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_encoding_the_decoded_content_gives_the_same_base64(text: str, cut: int) -> None:
    raw = base64.b64encode(json.dumps({"a": text}, ensure_ascii=False).encode("utf-8", "replace")).rstrip(b"=")
    raw = raw[: len(raw) - cut]
    end, content = base64_text.decode_text(raw, 0)
    assert base64_text.encode_text(raw[:end], content, content) == raw[:end]


@pytest.mark.parametrize("piece", [b"eyJ", b"eyJh", b"eyJhIjoi", b"W3si", base64.b64encode(b'{"a":"session_id"')])
def test_hostile_beginnings_take_time_in_proportion_to_their_length(piece: bytes) -> None:
    assert work.grows_in_proportion(piece)


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("words", ["", "x", "xx", "xxx"])
def test_lines_of_base64_that_do_not_belong_together_are_redacted_each_to_its_end(words: str, padded: bool) -> None:
    def lines(text: str) -> bytes:
        coded = base64.b64encode(text.encode())
        return b"\n".join(
            [coded if padded else coded.rstrip(b"="), b"line", base64.b64encode(f"{words} {text}".encode())]
        )

    secret = "0123456789abcdef" * 4
    pseudonym = Redactor(KEY).pseudonyms.pseudonym(secret.encode()).decode()
    assert redacted(lines(f"some words {words} {secret}")) == lines(f"some words {words} {pseudonym}")
