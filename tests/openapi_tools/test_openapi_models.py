"""Models generated from the document decode all captured bodies and events, and encode them unchanged.

datamodel-code-generator is the stricter of the two generators: its unions use the discriminator, so that a known tag is
never decoded by the branch for unknown ones; its types are strict; and it has a class for the events of a stream.
openapi-python-client has none, but generates a client, which test_openapi_client.py calls.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from tests.openapi_tools.decoding import Account, account
from tests.openapi_tools.documents import VERSIONS, Described
from tests.openapi_tools.models import Models
from wirelore.model.exchange import Body, Exchange

pytestmark = pytest.mark.openapi


@pytest.fixture(scope="session")
def models(
    described: Callable[..., Described], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], Models]:
    """Return the models of a document, generated once."""
    folder = tmp_path_factory.mktemp("models")
    return cache(lambda source, version: Models(described(source, version), folder))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("source", ["samples", "real"])
def test_every_captured_body_and_event_decodes_into_its_own_model_and_encodes_to_the_same(
    source: str, version: str, models: Callable[[str, str], Models], tell: Callable[[str], None]
) -> None:
    made = models(source, version)
    found = account(made, made.described.exchanges())
    tell(f"models, {source} {version}: {found}")
    tell(f"  members that the models do not list: {dict(found.unlisted.most_common(12)) or 'none'}")
    tell(f"  tags that the models do not know: {dict(found.unseen) or 'none'}")
    assert not found.failures(), "\n".join(found.failures())
    without = sum(count for reason, count in found.passed_over.items() if reason.endswith("which has no model"))
    assert found.decoded["bodies"] > 5 * without
    assert found.decoded["events"] > 0


def _tokens_as_text(message: dict[str, Any]) -> None:
    message["usage"]["input_tokens"] = "12"


def _no_content(message: dict[str, Any]) -> None:
    del message["content"]


def _block_without_text(message: dict[str, Any]) -> None:
    del message["content"][0]["text"]


def _decoded(models: Models, spoil: Callable[[dict[str, Any]], None]) -> Account:
    """Decode the first plain text response after `spoil` has changed it."""
    exchange = next(each for each in models.described.exchanges() if _is_text_message(each))
    assert exchange.response is not None
    message = exchange.response.document.value
    spoil(message)
    body = Body.from_bytes(json.dumps(message).encode())
    return account(models, [replace(exchange, response=replace(exchange.response, body=body))])


def _is_text_message(exchange: Exchange) -> bool:
    response = exchange.response
    if exchange.operation != "POST /v1/messages" or response is None or response.is_event_stream:
        return False
    value = response.document.value
    return response.status == 200 and [block.get("type") for block in value["content"]] == ["text"]


@pytest.mark.parametrize("spoil", [_tokens_as_text, _no_content, _block_without_text])
def test_a_message_that_is_not_as_described_does_not_decode(
    spoil: Callable[[dict[str, Any]], None], models: Callable[[str, str], Models]
) -> None:
    """A guard against models that accept everything."""
    assert _decoded(models("samples", "3.1"), spoil).failures()


def _new_block(message: dict[str, Any]) -> None:
    message["content"][0]["type"] = "hologram"


def test_a_block_of_a_new_kind_decodes_by_the_branch_for_what_was_not_seen(
    models: Callable[[str, str], Models],
) -> None:
    found = _decoded(models("samples", "3.1"), _new_block)
    assert not found.failures(), "\n".join(found.failures())
    assert found.unseen.total() == 1
