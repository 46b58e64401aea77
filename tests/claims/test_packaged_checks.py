"""The checks of the packaged ledger: each can hold and can fail, and our own exchanges are never evidence.

Cases are data (`data/claims_checks.json`): for each check an exchange that satisfies it, and what makes it fail.
"""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

import jsonschema_rs
import pytest

from tests.project import ROOT
from wirelore.claims.envelope import MEMBERS
from wirelore.matrix import identity
from wirelore.model.routes import PACKAGED as OPERATIONS
from wirelore.schema.claims import Check, claims

CASES = json.loads((ROOT / "tests" / "data" / "claims_checks.json").read_text("utf-8"))
OURS = "wirelore-sample"
"""The product of the client of our own samples."""
EMPTY: dict[str, Any] = {
    "operation": "",
    "status": None,
    "category": "other",
    "tags": [],
    "origin": "recorded",
    "labels": {},
    "absent": [],
    "facts": {},
    "end": "complete",
    "seen": {},
}
"""The members of every envelope."""
LEDGER = claims()
ROWS = [(claim.id, number, check) for claim in LEDGER for number, check in enumerate(claim.checks)]
IDS = [f"{name}-{number}" for name, number, _ in ROWS]
each_check = pytest.mark.parametrize(("name", "number", "check"), ROWS, ids=IDS)


def changed(envelope: Mapping[str, Any], case: Mapping[str, Any], *members: str) -> dict[str, Any]:
    """Return the envelope with the values of a case, without the members that it omits."""
    made = deepcopy(dict(envelope))
    for path, value in (item for member in members for item in case.get(member, {}).items()):
        *above, last = path.split(".")
        place = made
        for step in above:
            place = place.setdefault(step, {})
        place[last] = repeated(value)
    return made


def without(envelope: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    for path in paths:
        *above, last = path.split(".")
        place = envelope
        for step in above:
            place = place[step]
        del place[last]
    return envelope


def repeated(value: Any) -> Any:
    """Return a value, in which `{"times": 3, "of": X}` is expanded to a list of three X."""
    if isinstance(value, dict) and set(value) == {"times", "of"}:
        return [deepcopy(value["of"]) for _ in range(value["times"])]
    return deepcopy(value)


def case(name: str, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """An exchange that satisfies a check, and one that does not."""
    row = CASES["checks"][name][number]
    good = changed(changed(EMPTY, CASES["bases"], row["like"]), row, "is")
    return good, without(changed(good, row, "but"), row.get("without", []))


def valid(schema: Any, envelope: Any) -> bool:
    return bool(_validator(json.dumps(schema)).is_valid(envelope))


@cache
def _validator(schema: str) -> Any:
    return jsonschema_rs.Draft202012Validator(json.loads(schema))


def steps(value: Any) -> Iterator[Any]:
    """Yield every value in a schema, including the schema itself."""
    yield value
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from steps(below)


def test_every_claim_has_checks_or_a_reason_why_it_is_unobservable() -> None:
    assert [claim.id for claim in LEDGER if bool(claim.checks) == bool(claim.unobservable)] == []
    assert [claim.id for claim in LEDGER if claim.unobservable] == ["A13", "A14", "C03", "C04", "C05", "P01"]


def test_every_check_has_a_case_and_every_case_a_check() -> None:
    parts = {claim.id: [check.part for check in claim.checks] for claim in LEDGER if claim.checks}
    assert {name: [row.get("part", "") for row in rows] for name, rows in CASES["checks"].items()} == parts


@each_check
def test_an_exchange_can_satisfy_the_check(name: str, number: int, check: Check) -> None:
    good, _ = case(name, number)
    assert (valid(check.when, good), valid(check.must, good)) == (True, True)


@each_check
def test_an_exchange_that_the_check_is_about_can_fail_it(name: str, number: int, check: Check) -> None:
    _, bad = case(name, number)
    assert (valid(check.when, bad), valid(check.must, bad)) == (True, False)


def test_no_check_selects_an_empty_envelope() -> None:
    assert [name for name, _, check in ROWS if valid(check.when, EMPTY)] == []


def test_requests_of_our_own_client_are_no_evidence_about_clients() -> None:
    ours = [
        (name, number)
        for name, number, check in ROWS
        if check.speaker == "client" and valid(check.when, case(name, number)[0] | {"product": OURS})
    ]
    assert ours == []


def test_responses_of_another_service_are_no_evidence_about_the_api() -> None:
    other = [
        (name, number)
        for name, number, check in ROWS
        if check.speaker == "service" and valid(check.when, case(name, number)[0] | {"host": "api.example"})
    ]
    assert other == []


def test_a_check_names_the_recording_that_would_decide_it() -> None:
    assert [f"{name}-{number}" for name, number, check in ROWS if not check.next] == []


def test_checks_of_one_claim_have_parts_of_different_names() -> None:
    for claim in LEDGER:
        parts = [check.part for check in claim.checks]
        assert len(set(parts)) == len(parts), claim.id
        assert all(parts) or len(parts) == 1, claim.id


def test_a_check_names_operations_as_the_route_table_does() -> None:
    known = {f"{each['method']} {each['path']}" for each in json.loads(OPERATIONS.read_bytes())["operations"]}
    named = {
        value
        for _, _, check in ROWS
        for schema in steps([check.when, check.must])
        if isinstance(schema, dict) and "operation" in schema.get("properties", {})
        for value in steps(schema["properties"]["operation"])
        if isinstance(value, str) and re.match("[A-Z]+ /", value)
    }
    assert named - known == set()


def test_a_renewed_token_is_recognized_by_the_length_in_the_scenarios() -> None:
    (check,) = next(claim.checks for claim in LEDGER if claim.id == "A04b")
    subscription = identity.subscription("oauth-expired-text")
    assert subscription is not None
    sizes = [len(subscription["accessToken"]), len(identity.words()["new_access"])]
    exchange = case("A04b", 0)[0]
    carried = [changed(exchange, {"is": {"facts.authorization.length": size}}, "is") for size in sizes]
    assert [valid(check.must, envelope) for envelope in carried] == [False, True]


def test_a_scenario_that_a_check_reads_exists() -> None:
    names = [path.stem for path in (ROOT / "wirelore" / "matrix" / "scenarios" / "agent").glob("*.json")]
    read = [
        step
        for _, _, check in ROWS
        for schema in steps(check.when)
        if isinstance(schema, dict) and "scenario" in schema.get("properties", {})
        for step in steps(schema["properties"]["scenario"])
        if isinstance(step, dict)
    ]
    assert read
    assert [step for step in read if not any(valid(step, name) for name in names)] == []


def test_a_case_has_only_members_that_envelopes_have() -> None:
    made = [envelope for name, number, _ in ROWS for envelope in case(name, number)]
    assert {member for envelope in made for member in envelope} <= MEMBERS
