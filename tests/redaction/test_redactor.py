"""The redactor: lengths and structure stay, and the result does not depend on how a body is split."""

import base64
import hashlib
import json
import os
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import work
from tests.project import ROOT
from tests.secret_shapes import KEY, SHAPES, TOKEN, UUID, redacted
from wirelore.redaction.pseudonyms import plain
from wirelore.redaction.redactor import Redactor, Scrub

SHARED = Path(os.environ.get("WIRELORE_SHARED") or ROOT.parent / "shared")


@given(SHAPES)
@settings(max_examples=150, deadline=None)
def test_a_json_string_stays_a_json_string_of_the_same_length(secret: str) -> None:
    for ascii_only in (True, False):
        text = json.dumps({"full_name": secret, "n": [1, True, None, 2.5]}, ensure_ascii=ascii_only)
        raw = text.encode("utf-8", "surrogatepass")
        result = redacted(raw)
        assert len(result) == len(raw)
        assert json.loads(result)["n"] == [1, True, None, 2.5]
        assert list(json.loads(result)) == ["full_name", "n"]


def test_a_pseudonym_is_redacted_like_a_secret() -> None:
    text = f'{{"a":"{TOKEN}","b":"{UUID}","c":"ada@example.org"}}'
    once = redacted(text)
    twice = redacted(once)
    assert len(twice) == len(once)
    for before, after in zip(
        re.findall(rb'"[abc]":"(.*?)"', once), re.findall(rb'"[abc]":"(.*?)"', twice), strict=True
    ):
        assert before != after


BODY = json.dumps(
    {
        "metadata": {"user_id": "user_" + "0f" * 32 + f"_account_{UUID}_session_{UUID}"},
        "nested": json.dumps({"refresh_token": "tok-12345", "more": json.dumps({"access_token": TOKEN})}),
        "text": f"mail ada@example.org in /home/ada/x with {TOKEN}\nC:\\Users\\ada\\y",
        "code": "abcdefghij1234567890/+xyz",
        "callback": "http://localhost:1/callback?code=c-12345&state=s-12345",
        "id": "msg_01FAKEfake0123456789",
    }
).encode()


@pytest.mark.parametrize(
    "secret", [TOKEN, UUID, "ada@example.org", "Zm9vYmFy+Zm9v/YmFy12==", "eyJhbGciOiJub25lIn0.eyJmYWtlIjoxfQ.c2lnbmF0"]
)
def test_a_secret_has_one_pseudonym_in_header_body_nested_string_and_query(secret: str) -> None:
    redactor = Redactor(KEY)
    scrub = redactor.exchange()
    expected = redactor.pseudonyms.pseudonym(secret.encode()).decode()
    assert scrub.headers([("Authorization", f"Bearer {secret}")]) == (("Authorization", f"Bearer {expected}"),)
    assert scrub.headers([("Cookie", f"sid={secret}")]) == (("Cookie", f"sid={expected}"),)
    plainly = json.dumps({"access_token": secret})
    assert json.loads(redacted(plainly, redactor))["access_token"] == expected
    nested = json.dumps({"event": json.dumps({"deep": json.dumps({"accessToken": secret})})})
    event = json.loads(json.loads(redacted(nested, redactor))["event"])
    assert json.loads(event["deep"])["accessToken"] == expected
    target = scrub.target(f"/x?access_token={quote(secret, safe='')}&b=1")
    assert plain(target.encode()).decode() == f"/x?access_token={expected}&b=1"
    form = redacted(f"grant_type=refresh_token&refresh_token={quote(secret, safe='')}", redactor)
    assert plain(form).decode() == f"grant_type=refresh_token&refresh_token={expected}"


def test_escapes_stay_escapes_with_the_pseudonym_of_the_unescaped_secret() -> None:
    expected = Redactor(KEY).pseudonyms.pseudonym(b"tok-12345")
    assert plain(redacted(r'{"refresh_token":"tok\u002d12345"}')) == b'{"refresh_token":"' + expected + b'"}'
    assert redacted(r'{"refresh_token":"tok\u002d12345"}').count(b"\\u00") == 1


def test_a_value_recognised_once_is_replaced_everywhere_later() -> None:
    redactor = Redactor(KEY)
    text = '{"text":"the value is q1w2e3r4t5 and toolu_01FAKE12 here"}'
    assert redacted(text, redactor) == text.encode()
    redactor.exchange().headers([("x-claude-code-session-id", "q1w2e3r4t5"), ("x-device-id", "toolu_01FAKE12")])
    expected = redactor.pseudonyms.pseudonym(b"q1w2e3r4t5").decode()
    assert redacted(text, redactor).decode() == text.replace("q1w2e3r4t5", expected)


@pytest.mark.parametrize("word", ["HTTP/1.1", "application/vnd.api1+json", "utf-16le", "v2.1.329-beta1"])
def test_words_of_the_protocol_in_a_secret_field_are_not_replaced_elsewhere(word: str) -> None:
    redactor = Redactor(KEY)
    assert word.encode() not in redacted(json.dumps({"access_token": word}), redactor)
    assert redacted(f"spoken: {word} here", redactor) == f"spoken: {word} here".encode()


def test_words_are_replaced_at_word_borders_and_never_words_of_the_protocol() -> None:
    redactor = Redactor(KEY, words=["ada", "user", "ab"])
    ada = redactor.pseudonyms.pseudonym(b"ada").decode()
    text = '{"role":"user","t":"ada\\nada ada_x adam ab Ada %20ada"}'
    expected = f'{{"role":"user","t":"{ada}\\n{ada} {ada}_x adam ab Ada %20{ada}"}}'
    assert redacted(text, redactor).decode() == expected


def test_ids_without_a_person_and_the_text_of_a_message_stay() -> None:
    signature = "Er" + "Ab1/+Zz9" * 60 + "=="
    document = {
        "id": "msg_01FAKEfake0123456789FAKE",
        "model": "claude-sonnet-4-5-20250929",
        "request_id": "req_011FAKEfake0123456789",
        "content": [
            {"type": "tool_use", "id": "toolu_01FAKEfake0123456789", "name": "Bash", "input": {"code": "print(1)"}},
            {"type": "thinking", "thinking": "hm", "signature": signature},
            {"type": "image", "source": {"type": "base64", "data": "iVBORw0KGgo" + "Ab1/+Zz9" * 600}},
            {"type": "document", "source": {"type": "file", "file_id": "file_011FAKEfake0123456789"}},
        ],
        "betas": ["oauth-2025-04-20", "token-counting-2024-11-01", "fine-grained-tool-streaming-2025-05-14"],
        "models": [{"type": "model", "id": "claude-opus-4-5-20251101", "display_name": "Claude Opus 4.5"}],
        "usage": {"input_tokens": 1234567890123456, "token_type": "Bearer"},
        "client_id": UUID,
    }
    text = json.dumps(document)
    assert redacted(text) == text.encode()


def test_event_stream_framing_stays() -> None:
    stream = f'event: x\ndata: {{"access_token":"{TOKEN}"}}\n\ndata: {{"access_token":"cut off\n\nid: 1\n\n'.encode()
    result = redacted(stream)
    assert re.sub(rb"[^\r\n]", b".", result) == re.sub(rb"[^\r\n]", b".", stream)
    assert result.endswith(b"\n\nid: 1\n\n")


def test_a_verifier_is_checked_against_the_challenge_before_redaction() -> None:
    redactor = Redactor(KEY)
    verifier = "fake-verifier-0123456789-0123456789-0123456789"
    challenge = "Aw50XSvD0wwvmgPtfJ4NlTv_rD8pPlD6LP_ey_TeUNg"
    facts = []
    for sent_verifier in (verifier, verifier + "x"):
        authorize = redactor.exchange()
        target = f"/oauth/authorize?code_challenge={challenge}&code_challenge_method=S256&state=s-12345"
        assert authorize.target(target).startswith(f"/oauth/authorize?code_challenge={challenge}&")
        exchange = redactor.exchange()
        body = exchange.body()
        body.feed(
            json.dumps({"grant_type": "authorization_code", "code": "c-1", "code_verifier": sent_verifier}).encode()
        )
        assert sent_verifier.encode() not in body.finish()
        facts.append(exchange.facts())
    matching = {"pkce": {"challenge_method": "S256", "verifier_matches_challenge": True}}
    assert [facts[0] == matching, facts[1]["pkce"]["verifier_matches_challenge"]] == [True, False]


def test_of_more_than_64_challenges_the_oldest_is_forgotten() -> None:
    redactor = Redactor(KEY)
    verifiers = [b"fake-verifier-%d" % number for number in range(65)]
    challenges = [base64.urlsafe_b64encode(hashlib.sha256(each).digest()).rstrip(b"=") for each in verifiers]
    for challenge in challenges[:64]:
        redactor.add_challenge(challenge)
    assert [redactor.matches_challenge(each) for each in verifiers] == [*[True] * 64, False]
    redactor.add_challenge(challenges[64])
    assert [redactor.matches_challenge(each) for each in verifiers] == [False, *[True] * 64]


def test_a_refresh_notes_kinds_lengths_and_whether_tokens_rotated() -> None:
    exchange = Redactor(KEY).exchange()
    request = exchange.body("request")
    request.feed(b'{"grant_type":"refresh_token","refresh_token":"sk-ant-ort01-FAKE-1"}')
    request.finish()
    response = exchange.body("response")
    response.feed(b'{"access_token":"sk-ant-oat01-FAKE-22","refresh_token":"sk-ant-ort01-FAKE-2","expires_in":9}')
    response.finish()
    exchange.headers([("authorization", "Bearer sk-ant-oat01-FAKE"), ("x-api-key", "sk-ant-api03-FAKE")])
    assert exchange.facts() == {
        "tokens": {
            "access_token": {"kind": "oat01", "length": 20, "differs_from_request": True},
            "refresh_token": {"kind": "ort01", "length": 19, "rotated": True},
        },
        "authorization": {"scheme": "Bearer", "kind": "oat01", "length": 17},
        "x-api-key": {"kind": "api03", "length": 17},
    }
    assert exchange.counts == {"oauth": 3, "authorization": 1, "api-key": 1}


def test_exchanges_count_for_themselves() -> None:
    redactor = Redactor(KEY)
    first, second = redactor.exchange(), redactor.exchange()
    first.text("ada@example.org")
    assert (dict(first.counts), dict(second.counts)) == ({"email": 1}, {})


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        b"0f0f0f0f-1111-4222-8333-444444444444-",
        b"eyJ0f0f0f0f-1111-4222-8333-444444444444-",
        b'"code":"\\"state\\": \\\\\\"',
        b"\\\\\\",
        b'"access_token":"\\',
        b"a@b.",
    ],
)
def test_hostile_input_takes_time_in_proportion_to_its_length(piece: bytes) -> None:
    assert work.grows_in_proportion(piece)


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_keep_their_length(content: bytes) -> None:
    assert len(redacted(b'"access_token":"' + content)) == len(content) + 16
    assert len(redacted(content)) == len(content)


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"needs the shared vectors in {SHARED}")
def test_every_secret_of_the_public_rules_vectors_is_replaced() -> None:
    cases = json.loads((SHARED / "vectors" / "secret_vectors.json").read_text())["cases"]
    texts = [case["text"] for case in cases if case["match"]]
    assert texts
    for text in texts:
        assert text.rpartition("01-")[2].rpartition("03-")[2] not in redacted(text).decode()


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason=f"needs the shared recordings in {SHARED}")
def test_in_real_recordings_only_the_reviewed_kinds_are_replaced() -> None:
    redactor, counts = Redactor(KEY), {"id": 0, "email": 0, "api-key": 0}
    for path in sorted((SHARED / "real").rglob("*")):
        if path.is_file():
            scrub: Scrub = redactor.exchange()
            body, content = scrub.body(), path.read_bytes()
            result = body.feed(content) + body.finish()
            assert len(result) == len(content)
            for kind, count in scrub.counts.items():
                counts[kind] = counts.get(kind, 0) + count
            if path.suffix == ".json":
                json.loads(result)
    assert set(counts) == {"id", "email", "api-key"}
    assert counts["email"] <= 10
    assert counts["api-key"] <= 34  # 14 of them are called a passphrase, in the input of a tool
