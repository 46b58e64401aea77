"""The claims ledger: complete, valid, consistent, and in our own words."""

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.project import ROOT
from wirelore.analysis.registry import registry
from wirelore.claims.envelope import MEMBERS
from wirelore.claims.ledger import ledger as weigh
from wirelore.claims.weighing import Scales
from wirelore.model.routes import PACKAGED as OPERATIONS
from wirelore.schema.claims import META_SCHEMA, PACKAGED, Claim, ClaimsError, areas, claims, sources
from wirelore.schema.library import Library, writable_folder

CLAIMS = {claim.id: claim for claim in claims()}
AREAS = {
    "transport": 14,
    "authentication": 28,
    "request-headers": 7,
    "bodies": 4,
    "streams": 2,
    "errors": 2,
    "limits": 4,
    "settings": 6,
    "running": 5,
}
"""The areas in order, with their numbers of claims."""
PAGE = ROOT / "docs" / "claims.md"
FACTS = Path(os.environ.get("WIRELORE_SHARED") or ROOT.parent / "shared") / "facts.md"
needs_facts = pytest.mark.skipif(not FACTS.is_file(), reason=f"no list of what the sources say at {FACTS}")


CHECK = {"speaker": "client", "when": True, "must": True}


def facts() -> dict[str, tuple[str, str, str]]:
    """Return claim, source and firmness of each row of the list by id."""
    rows = re.findall(r"^\| ([A-Z]\d\d[a-z]?) \| (.*) \| (S[^|]*) \| ([^|]*) \|$", FACTS.read_text(), re.MULTILINE)
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9_]+", text.lower())


def ledger(**changes: Any) -> dict[str, Any]:
    """Return a ledger file of one claim with changed members."""
    claim = {
        "id": "E01",
        "area": "transport",
        "claim": "Messages are posted.",
        "sources": ["S0"],
        "firmness": "captured",
        "contradicts": [],
        "operations": [],
    }
    head = {"format": 1, "area": "transport", "title": "Transport", "sources": {"S0": "A source"}}
    return head | {"claims": [claim | changes]}


@pytest.mark.parametrize("path", sorted(PACKAGED.glob("*.json")), ids=lambda path: path.stem)
def test_a_ledger_file_is_valid_against_the_meta_schema(path: Path) -> None:
    schema = json.loads(META_SCHEMA.read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(path.read_bytes()), schema, cls=jsonschema.Draft202012Validator)


def test_the_ledger_has_72_claims_in_nine_areas() -> None:
    assert Counter(claim.area for claim in claims()) == AREAS
    assert len(claims()) == 72
    assert list(areas()) == list(AREAS)


def test_every_claim_has_a_check_or_a_reason_why_it_is_unobservable() -> None:
    assert [claim.id for claim in claims() if bool(claim.checks) == bool(claim.unobservable)] == []


def test_every_check_compiles_and_names_members_of_an_envelope() -> None:
    assert len(Scales(claims(), areas().values()).weighed.weights) == 72


def test_every_check_names_the_recording_that_would_decide_it() -> None:
    assert [claim.id for claim in claims() for check in claim.checks if not check.next] == []


def test_the_parts_of_a_claim_have_names_that_differ() -> None:
    several = [claim for claim in claims() if len(claim.checks) > 1]
    assert [one.id for one in several if len({check.part for check in one.checks} - {""}) != len(one.checks)] == []


def test_the_analyzer_of_a_part_of_an_area_exists() -> None:
    parts = [part for area in areas().values() for part in area.parts]
    assert {part.analyzer for part in parts} <= set(registry())
    assert len({(part.analyzer, part.steps, part.operations) for part in parts}) == len(parts)


def test_areas_are_sorted_by_order_and_others_last(tmp_path: Path) -> None:
    for area, order in (("last", {}), ("second", {"order": 2}), ("first", {"order": 1})):
        head = ledger(area=area, id=f"{area[0].upper()}01") | {"area": area, **order}
        (tmp_path / f"{area}.json").write_text(json.dumps(head))
    assert list(areas(tmp_path)) == ["first", "second", "last"]


def test_the_ledger_and_the_envelope_of_the_documentation_are_valid(tmp_path: Path) -> None:
    stated, envelope = map(json.loads, re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
    (tmp_path / "gateway.json").write_text(json.dumps(stated))
    own = claims(tmp_path)
    assert ([claim.id for claim in own], sources(tmp_path)) == (["G01", "G02"], {"S5": "Notes on our gateway"})
    Scales(own, areas(tmp_path).values())
    assert envelope.keys() == MEMBERS


def test_a_user_s_claim_beside_the_packaged_ones_is_weighed_without_code(tmp_path: Path) -> None:
    folder = writable_folder(tmp_path / "schemas")
    stated = json.loads(re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[0])
    (folder / "claims" / "gateway.json").write_text(json.dumps(stated))
    made = weigh([], Library(folder))
    assert ([one.area.name for one in made.areas], len(made.rows)) == ([*AREAS, "gateway"], 74)
    assert made.sources["S5"] == "Notes on our gateway"


def test_a_check_inherits_the_deciding_recording_from_its_claim(tmp_path: Path) -> None:
    checks = [{"speaker": "client", "when": True, "must": True}]
    checks.append({**checks[0], "next": "A recording of its own."})
    (tmp_path / "transport.json").write_text(json.dumps(ledger(checks=checks, next="A recording of the claim.")))
    ((first, second),) = [claim.checks for claim in claims(tmp_path)]
    assert (first.next, second.next) == ("A recording of the claim.", "A recording of its own.")
    assert (first.holds, first.part) == ("always", "")


def test_claims_are_sorted_by_id() -> None:
    assert list(CLAIMS) == sorted(CLAIMS)


def test_every_source_has_one_title_and_every_title_a_claim() -> None:
    assert set(sources()) == {"S0", "S1", "S2", "S3", "S4"} == {name for claim in claims() for name in claim.sources}


def test_the_contradictions_are_exactly_the_three_pairs_in_both_directions() -> None:
    pairs = {(claim.id, other) for claim in claims() for other in claim.contradicts}
    one_way = {("A04a", "A04b"), ("A05a", "A05b"), ("A10a", "A10b")}
    assert pairs == one_way | {(second, first) for first, second in one_way}


def test_a_claim_is_about_operations_that_the_route_table_has_or_names_as_absent() -> None:
    table = json.loads(OPERATIONS.read_bytes())
    known = {f"{entry['method']} {entry['path']}" for entry in (*table["operations"], *table["absent"])}
    assert {operation for claim in claims() for operation in claim.operations} <= known


def test_every_claim_named_in_the_route_table_exists() -> None:
    table = json.loads(OPERATIONS.read_bytes())
    assert {name for entry in (*table["operations"], *table["absent"]) for name in entry["claims"]} <= set(CLAIMS)


def test_no_two_claims_say_the_same() -> None:
    assert len({claim.claim for claim in claims()}) == len(CLAIMS)


def test_an_account_has_29_settings_a_log_entry_25_fields_and_the_cli_6_flags() -> None:
    assert (len(CLAIMS["P05"].fields), len(CLAIMS["P03"].fields), len(CLAIMS["B01"].terms)) == (29, 25, 6)
    assert "unstated" not in CLAIMS["P05"].fields.values()


def test_claims_state_parts_with_another_firmness() -> None:
    assert {claim.id: claim.exceptions for claim in claims() if claim.exceptions} == {
        "M02": (("document blocks (PDF)", "extrapolated"),),
        "R01": (("status 401 with authentication_error", "captured"),),
    }


@needs_facts
def test_the_ledger_carries_every_row_of_the_facts_and_no_other() -> None:
    assert set(CLAIMS) == set(facts())


@needs_facts
def test_a_claim_has_the_sources_and_the_firmness_of_its_row() -> None:
    mixed = {"M02": "captured / PDF extrapolated", "R01": "401 captured, rest extrapolated"}
    for row, (_, named, firmness) in facts().items():
        assert CLAIMS[row].sources == tuple(named.split()), row
        assert mixed.get(row, CLAIMS[row].firmness) == firmness.partition(" (contradicts")[0], row


@needs_facts
def test_a_contradiction_of_the_facts_is_one_of_the_ledger() -> None:
    for row, (_, _, firmness) in facts().items():
        assert set(re.findall(r"contradicts (\w+)", firmness)) <= set(CLAIMS[row].contradicts), row


@needs_facts
def test_no_claim_repeats_the_words_of_its_row() -> None:
    for row, (text, _, _) in facts().items():
        ours, theirs = words(CLAIMS[row].claim), words(text)
        runs = {tuple(theirs[start : start + 7]) for start in range(len(theirs) - 6)}
        assert ours != theirs, row
        assert not [run for start in range(len(ours) - 6) if (run := tuple(ours[start : start + 7])) in runs], row


@needs_facts
def test_names_on_the_wire_in_a_row_are_in_the_ledger() -> None:
    ours = "".join(path.read_text() for path in PACKAGED.glob("*.json"))
    spelled = {name for row, _, _ in facts().values() for name in re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", row)}
    assert {name for name in spelled if name not in ours} == set()


def test_a_claim_is_frozen_and_hashable() -> None:
    (claim, *_) = claims()
    assert isinstance(claim, Claim)
    assert claim in {claim}
    with pytest.raises(AttributeError):
        claim.firmness = "captured"  # type: ignore[misc]  # that it cannot be set is what is tested


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "no claims; expected one JSON file per area"),
        ({"transport": "{"}, "transport.json: not JSON"),
        ({"transport": ledger(firmness="seen")}, r"transport.json: claims/0/firmness: 'seen' is not one of"),
        ({"transport": ledger(check={})}, r"transport.json: claims/0: Additional properties"),
        ({"bodies": ledger()}, "bodies.json: area transport; expected bodies"),
        ({"transport": ledger(area="bodies")}, "transport.json: area bodies; expected transport"),
        ({"transport": ledger(sources=["S0", "S3"])}, "transport.json: no title for S3"),
        ({"transport": ledger(contradicts=["E02"])}, "E01 contradicts E02, but not vice versa"),
        (
            {"transport": ledger(checks=[CHECK], unobservable="It is hidden.")},
            "E01 has both checks and unobservable; remove",
        ),
        (
            {"transport": ledger(checks=[{**CHECK, "speaker": "proxy"}])},
            "claims/0/checks/0/speaker: 'proxy' is not one",
        ),
        ({"transport": ledger(checks=[{**CHECK, "when": "x"}])}, "claims/0/checks/0/when: 'x' is not of type 'object'"),
        ({"transport": ledger(sources=["seed"])}, "transport.json: claims/0/sources/0: 'seed' does not match"),
        ({"transport": ledger(area="Our area")}, "transport.json: claims/0/area: 'Our area' does not match"),
    ],
    ids=[
        "empty",
        "no JSON",
        "bad value",
        "unknown member",
        "file name",
        "row of another area",
        "source",
        "one-sided",
        "checks of what cannot be checked",
        "speaker",
        "no schema",
        "a source that is no source",
        "an area that is no area",
    ],
)
def test_an_invalid_ledger_is_an_error_with_place_and_remedy(
    tmp_path: Path, files: dict[str, Any], message: str
) -> None:
    for area, content in files.items():
        (tmp_path / f"{area}.json").write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(ClaimsError, match=message):
        claims(tmp_path)


def test_a_duplicate_id_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "transport.json").write_text(json.dumps(ledger()))
    (tmp_path / "bodies.json").write_text(json.dumps(ledger(area="bodies") | {"area": "bodies"}))
    with pytest.raises(ClaimsError, match="duplicate id E01"):
        claims(tmp_path)


def test_a_source_with_two_titles_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "transport.json").write_text(json.dumps(ledger()))
    other = ledger(area="bodies", id="M01") | {"area": "bodies", "sources": {"S0": "Another title"}}
    (tmp_path / "bodies.json").write_text(json.dumps(other))
    with pytest.raises(ClaimsError, match="use one title"):
        sources(tmp_path)
