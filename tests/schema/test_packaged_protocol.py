"""The packaged tables of the protocol: valid, and supported by claims of the ledger."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from wirelore.model.packaged import SCHEMAS
from wirelore.schema.claims import claims

TABLES = ("error-responses.json", "programs.json", "protocol.json", "routes.json", "stream-assembly.json")
IDS = {claim.id for claim in claims()}


def stated(value: Any) -> Iterator[list[str]]:
    """Yield every list of claims in a table."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name == "claims":
                yield member
            else:
                yield from stated(member)
    elif isinstance(value, list):
        for element in value:
            yield from stated(element)


def test_the_names_are_valid_against_their_schema() -> None:
    schema = json.loads((SCHEMAS / "protocol.schema.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads((SCHEMAS / "protocol.json").read_bytes()), schema, jsonschema.Draft202012Validator)


@pytest.mark.parametrize("member", ["api_key", "beta_flags", "models"])
def test_a_name_without_a_claim_is_invalid(member: str) -> None:
    schema = json.loads((SCHEMAS / "protocol.schema.json").read_bytes())
    names = json.loads((SCHEMAS / "protocol.json").read_bytes())
    names[member]["claims"] = []
    assert not jsonschema.Draft202012Validator(schema).is_valid(names)


@pytest.mark.parametrize("table", TABLES)
def test_the_claims_of_a_table_are_in_the_ledger(table: str) -> None:
    lists = list(stated(json.loads((SCHEMAS / table).read_bytes())))
    assert lists
    assert {name for names in lists for name in names} <= IDS
