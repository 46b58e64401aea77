"""The catalogue: every operation that was observed, claimed or learned, with its provenance."""

from collections.abc import Iterable

import pytest

from tests.exchanges import exchange, learned_library
from wirelore.evidence.catalogue import Operation, catalogue
from wirelore.evidence.collector import gather
from wirelore.model.exchange import Exchange
from wirelore.model.routes import Routes
from wirelore.schema.claims import Claim
from wirelore.schema.library import Library

MESSAGES, BATCHES = "POST /v1/messages", "GET /v1/messages/batches/{message_batch_id}"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library that has learned only a body of an operation that is not in the route table."""
    folder = tmp_path_factory.mktemp("learned") / "schemas"
    return learned_library(folder, exchange({"a": 1}, {}, operation="POST /v1/made"))


def listed(library: Library, *exchanges: Exchange, claims: Iterable[Claim] = ()) -> dict[str, Operation]:
    operations = catalogue(gather([("made", exchanges)]), library, Routes.load(), claims)
    assert [(each.template, each.method) for each in operations] == sorted(
        (each.template, each.method) for each in operations
    )
    return {each.name: each for each in operations}


def test_an_operation_of_the_table_with_claims_is_claimed_and_if_observed_both(library: Library) -> None:
    operations = listed(library, exchange())
    assert (operations[MESSAGES].provenance, operations[MESSAGES].known) == ("both", True)
    seen = operations[MESSAGES].seen
    assert seen is not None
    assert seen.count == 1
    assert (operations["GET /v1/models"].provenance, operations["GET /v1/models"].seen) == ("claimed", None)
    assert operations["GET /v1/models"].claims == ("E02",)
    assert {route.operation for route in Routes.load().routes} <= operations.keys()


def test_the_firmness_is_that_of_the_table_or_of_the_firmest_claim(library: Library) -> None:
    claims = [Claim("E02", "x", "y.", ("S1",), "reported"), Claim("E01", "x", "y.", ("S1",), "captured")]
    operations = listed(library, claims=[*claims, Claim("E14", "x", "y.", ("S1",), "reported")])
    names = ("GET /v1/models", MESSAGES, "POST /oauth/token")
    assert [operations[name].firmness for name in names] == ["reported", "captured", "extrapolated"]


def test_an_operation_that_only_the_schemas_have_is_learned(library: Library) -> None:
    made = listed(library)["POST /v1/made"]
    assert (made.provenance, made.learned, made.known, made.firmness) == ("learned", True, True, "")


@pytest.mark.parametrize(("host", "category"), [("api.anthropic.com", "other"), ("other.test", "elsewhere")])
def test_an_unknown_operation_has_the_category_of_its_host(library: Library, host: str, category: str) -> None:
    made = listed(library, exchange(operation="GET /v9/new", host=host))["GET /v9/new"]
    assert (made.category, made.hosts, made.provenance, made.known) == (category, (host,), "observed", False)


def test_an_operation_at_another_host_has_both(library: Library) -> None:
    assert listed(library, exchange(host="other.test"))[MESSAGES].hosts[-1] == "other.test"
    assert "api.anthropic.com" in listed(library, exchange(host="other.test"))[MESSAGES].hosts


@pytest.mark.parametrize(("firmness", "is_listed"), [("captured", True), ("negative", False)])
def test_a_claim_that_mentions_an_operation_is_listed_unless_it_refutes_it(
    library: Library, firmness: str, is_listed: bool
) -> None:
    claim = Claim("Z1", "request-headers", f"There is {BATCHES}.", ("S1",), firmness, operations=(BATCHES,))
    assert ("Z1" in listed(library, claims=[claim])[BATCHES].claims) is is_listed


def test_method_and_template_are_the_parts_of_the_name(library: Library) -> None:
    operation = listed(library)[BATCHES]
    assert (operation.method, operation.template) == tuple(BATCHES.split(" "))
