"""A client generated from the document understands the responses of the replay server."""

from collections import Counter
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.openapi_tools.client import Client, imported, package
from tests.openapi_tools.documents import Described
from wirelore.model.exchange import Exchange
from wirelore.replayer.server import ReplayServer

pytestmark = pytest.mark.openapi

STATUSES = frozenset(HTTPStatus)
"""The generated client raises ValueError for other statuses such as 529, before it reads the response."""
NOT_JSON = {"multipart/form-data", "text/plain"}
"""Media types of bodies that the generator does not support, or makes from files."""


def _speakable(exchange: Exchange) -> bool:
    """Return True for a complete exchange with a JSON response, a JSON request body or none, and a known status."""
    response = exchange.response
    if response is None or not exchange.end.is_complete or response.status not in STATUSES:
        return False
    spoken = response.media_type == "application/json" and exchange.request.media_type not in NOT_JSON
    return spoken and bool(response.body.size)


@pytest.fixture(scope="module")
def exchanges(described: Callable[..., Described]) -> list[Exchange]:
    """The exchanges of the samples that the client supports."""
    return [exchange for exchange in described("samples").exchanges() if _speakable(exchange)]


@pytest.fixture(scope="module")
def said(described: Callable[..., Described], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """The folder of the generated client, its name, and the generator's output."""
    folder = tmp_path_factory.mktemp("client")
    return folder, *package(described("samples").file, folder)


@pytest.fixture(scope="module")
def client(
    described: Callable[..., Described], said: tuple[Path, str, str], exchanges: list[Exchange]
) -> Iterator[Client]:
    """The client, connected to a replay server of the samples."""
    folder, name, _ = said
    with imported(folder, name) as made, ReplayServer(exchanges, pace="none") as standin:
        yield Client(described("samples"), made, standin.address)


def test_the_generator_leaves_out_only_media_types_that_it_does_not_know(
    said: tuple[Path, str, str], tell: Callable[[str], None]
) -> None:
    reasons = [line for line in said[2].splitlines() if "nsupported" in line or "annot parse" in line]
    tell(f"client: the generator left out {len(reasons)} bodies of media types that it does not know")
    unknown = ("text/plain", "application/x-jsonl")
    assert [reason for reason in reasons if not any(kind in reason for kind in unknown)] == []


def test_the_generated_client_gets_every_recorded_answer_in_its_own_class(
    client: Client, exchanges: list[Exchange], tell: Callable[[str], None]
) -> None:
    called: Counter[str] = Counter()
    untyped: Counter[str] = Counter()
    for exchange in exchanges:
        module = client.module(exchange)
        if module is None or exchange.response is None:
            pytest.fail(f"{exchange.operation}: the generated client lacks it")
        answer = client.answer(module, exchange)
        assert answer.status_code == exchange.response.status, exchange.id
        if hasattr(answer.parsed, "to_dict"):
            assert answer.parsed.to_dict() == exchange.response.document.value, exchange.id
            called[exchange.operation] += 1
        else:
            untyped[exchange.operation] += 1
    tell(f"client: {called.total()} calls of {len(called)} operations answered; without a class: {dict(untyped)}")
    assert len(called) >= 12
