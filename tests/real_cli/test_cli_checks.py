"""The checks of this suite, tested without the CLI."""

import base64
from dataclasses import replace
from urllib.parse import quote

import pytest

from tests.real_cli import invented
from tests.real_cli.sameness import differences
from wirelore.model.exchange import Body, End, Exchange, Headers, Request
from wirelore.redaction.pseudonyms import Pseudonyms
from wirelore.redaction.secret_rules import packaged
from wirelore.replayer.connection import ReceivedRequest

_KEY = b"k" * 32
_SECRETS = {**{name: token.core for name, token in invented.TOKENS.items()}, **invented.IDS}


@pytest.mark.parametrize("name", _SECRETS)
@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda secret: secret, id="plain"),
        pytest.param(lambda secret: quote(secret, safe=""), id="url"),
        *(
            pytest.param(
                lambda secret, n=n: base64.b64encode(f"{'x' * n}{secret}zzz".encode()).decode(), id=f"base64-{n}"
            )
            for n in range(3)
        ),
    ],
)
def test_a_secret_is_detected_in_all_its_forms(name: str, written: object) -> None:
    assert callable(written)
    content = f'{{"a":"{written(_SECRETS[name])}"}}'.encode()
    assert name in {found.partition(",")[0] for found, part in invented.parts() if part in content}


def test_a_part_of_a_credential_is_detected() -> None:
    content = f"ends in {invented.API_KEY.core[-invented.PART :]}".encode()
    assert {found for found, part in invented.parts() if part in content} == {"key"}


def test_a_text_without_secrets_has_none() -> None:
    assert [found for found, part in invented.parts() if part in b"sk-ant-api03-FAKE- /home/ada user_ session"] == []


def _pair() -> tuple[ReceivedRequest, Exchange]:
    """Return a request as received, and as it must be recorded."""
    pseudonym = Pseudonyms(_KEY, packaged().prefix).pseudonym
    key, user = str(invented.API_KEY), invented.USER_ID
    headers = (("Host", "api.test"), ("x-api-key", key), ("X-App", "cli"))
    seen = ReceivedRequest("POST", "/v1/messages?beta=true", Headers(headers), f'{{"user":"{user}"}}'.encode(), False)
    hidden = (headers[0], ("x-api-key", pseudonym(key.encode()).decode()), headers[2])
    body = Body.from_bytes(b'{"user":"' + pseudonym(user.encode()) + b'"}')
    request = Request(Headers(hidden), body, method="POST", target="https://api.test/v1/messages?beta=true")
    return seen, Exchange("messages/1", 1, 0, request, None, End(), "POST /v1/messages")


def test_a_request_recorded_with_pseudonyms_is_the_same() -> None:
    seen, exchange = _pair()
    assert differences([seen], [exchange], _KEY) == []


@pytest.mark.parametrize("hidden", [True, False])
def test_an_id_inside_base64_must_be_recorded_as_its_pseudonym(hidden: bool) -> None:
    seen, exchange = _pair()
    user = invented.USER_ID
    recorded = Pseudonyms(_KEY, packaged().prefix).pseudonym(user.encode()).decode() if hidden else user
    sent, kept = (base64.b64encode(f'{{"n":1,"user":"{one}"}}'.encode()) for one in (user, recorded))
    changed = replace(exchange, request=replace(exchange.request, body=Body.from_bytes(b'{"m":"' + kept + b'"}')))
    found = differences([replace(seen, body=b'{"m":"' + sent + b'"}')], [changed], _KEY)
    assert len(found) == (0 if hidden else 1)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"headers": Headers()}, id="headers-lost"),
        pytest.param({"body": Body.from_bytes(b"{}")}, id="body"),
        pytest.param({"target": "/v1/messages"}, id="query-lost"),
        pytest.param({"method": "PUT"}, id="method"),
    ],
)
def test_a_request_that_is_recorded_with_changes_is_a_difference(change: dict[str, object]) -> None:
    seen, exchange = _pair()
    changed = replace(exchange, request=replace(exchange.request, **change))  # type: ignore[arg-type] # of every member
    assert len(differences([seen], [changed], _KEY)) == 1


@pytest.mark.parametrize("order", [pytest.param(1, id="case"), pytest.param(-1, id="order")])
def test_headers_in_another_case_or_order_are_a_difference(order: int) -> None:
    seen, exchange = _pair()
    lines = exchange.request.headers.lines[::order]
    other = Headers(tuple((name.lower() if order == 1 else name, value) for name, value in lines))
    changed = replace(exchange, request=replace(exchange.request, headers=other))
    assert len(differences([seen], [changed], _KEY)) == 1


def test_a_request_seen_twice_must_be_recorded_twice() -> None:
    seen, exchange = _pair()
    assert differences([seen, seen], [exchange], _KEY) == ["POST /v1/messages: nothing like it is recorded"]
