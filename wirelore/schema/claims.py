"""The claims ledger: statements of sources about the protocol, which captures support or contradict.

Each area has a file, `claims/<area>.json`, which is valid against claims.schema.json. The checks that decide a claim
are data too; see docs/claims.md.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from wirelore.model import json_pointer
from wirelore.model.packaged import SCHEMAS
from wirelore.schema.validation import SchemaSet, Validator

PACKAGED = SCHEMAS / "claims"
"""The folder of the packaged ledger."""

META_SCHEMA = SCHEMAS / "claims.schema.json"
"""The schema of a ledger file."""


class ClaimsError(ValueError):
    """A ledger cannot be read. The message names the file, the place, the content and the expected content."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check of one part of a claim: it selects exchanges and states what they must satisfy."""

    speaker: str
    """The side whose behaviour is checked: `client` or `service`."""
    when: Any = field(hash=False)
    """A JSON Schema that selects exchanges by their envelope."""
    must: Any = field(hash=False)
    """A JSON Schema that the selected exchanges satisfy if the claim is true."""
    holds: str = "always"
    """`always`, or `once` for an existence claim, which one exchange proves and none contradicts."""
    part: str = ""
    """The part of the claim in a few words; may be empty."""
    next: str = ""
    """The recording that would decide it, as a sentence; may be empty."""


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of names in the protocol, such as operations or headers, with their place in observations."""

    title: str
    """The title in the plural."""
    analyzer: str
    steps: tuple[str, ...]
    """The place in the analyzer's observations; `*` matches every element."""
    operations: tuple[str, ...] = ()
    """The operations whose observations count; all if empty."""


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the ledger."""

    name: str
    title: str
    order: int
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement about the protocol, with its sources; a claim is not evidence."""

    id: str
    area: str
    claim: str
    sources: tuple[str, ...]
    firmness: str
    """captured, extrapolated, reported or negative."""
    contradicts: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    """`METHOD /path/{template}`; empty if the claim is about none or about all."""
    exceptions: tuple[tuple[str, str], ...] = ()
    """Parts of the claim with another firmness: (part, firmness)."""
    terms: tuple[str, ...] = ()
    """Names and values on the wire that the claim enumerates, spelled as sent."""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Body members that the claim enumerates, with dots between nested names, and their types in the source."""
    checks: tuple[Check, ...] = ()
    """The checks, one per part; empty if the claim is not observable or has no check yet."""
    unobservable: str = ""
    """The reason why no recording can decide it; empty if one can."""


def claims(folder: Path = PACKAGED) -> tuple[Claim, ...]:
    """Return all claims of a ledger, sorted by id.

    Raises ClaimsError for an invalid file, a duplicate id, and a contradiction that is not stated by both claims.
    """
    unsorted = (claim for ledger in _ledgers(folder) for claim in _rows(ledger))
    all_claims = tuple(sorted(unsorted, key=lambda claim: claim.id))
    _check_ids(folder, all_claims)
    return all_claims


def claims_in_schemas(schemas: Path) -> tuple[Claim, ...]:
    """Return the claims in a folder of schemas; empty if it has no ledger. Raises ClaimsError like `claims`."""
    folder = schemas / PACKAGED.name
    return claims(folder) if folder.is_dir() else ()


def sources(folder: Path = PACKAGED) -> dict[str, str]:
    """Return the titles of a ledger's sources by id, sorted. Raises ClaimsError like `claims`."""
    titles: dict[str, str] = {}
    for ledger in _ledgers(folder):
        for source, title in ledger["sources"].items():
            if titles.setdefault(source, title) != title:
                raise ClaimsError(
                    f"{folder / ledger['area']}.json: sources/{source} is {title!r}, but "
                    f"{titles[source]!r} in another area; use one title"
                )
    return dict(sorted(titles.items()))


def areas(folder: Path = PACKAGED) -> dict[str, Area]:
    """Return the areas by name, sorted by their `order`. Raises ClaimsError like `claims`."""
    unsorted = [
        Area(
            ledger["area"],
            ledger["title"],
            ledger.get("order", sys.maxsize),
            tuple(_part(part) for part in ledger.get("parts", ())),
        )
        for ledger in _ledgers(folder)
    ]
    return {area.name: area for area in sorted(unsorted, key=lambda area: (area.order, area.name))}


def _part(part: Mapping[str, Any]) -> Part:
    analyzer, _, pointer = part["place"].partition("#")
    return Part(part["title"], analyzer, json_pointer.parse(pointer), tuple(part.get("operations", ())))


def _ledgers(folder: Path) -> Iterator[Mapping[str, Any]]:
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise ClaimsError(f"{folder}: no claims; expected one JSON file per area")
    for path in paths:
        ledger = _ledger(path)
        areas = {ledger["area"], *(row["area"] for row in ledger["claims"])}
        if areas != {path.stem}:
            raise ClaimsError(
                f"{path}: area {', '.join(sorted(areas - {path.stem}))}; expected {path.stem}, the name of the file"
            )
        if untitled := {name for row in ledger["claims"] for name in row["sources"]} - set(ledger["sources"]):
            raise ClaimsError(f"{path}: no title for {', '.join(sorted(untitled))}; add it to sources")
        if ambiguous := [row["id"] for row in ledger["claims"] if "checks" in row and "unobservable" in row]:
            raise ClaimsError(f"{path}: {ambiguous[0]} has both checks and unobservable; remove one")
        yield ledger


def _ledger(path: Path) -> dict[str, Any]:
    try:
        ledger: dict[str, Any] = json.loads(path.read_bytes())
    except ValueError as error:
        raise ClaimsError(f"{path}: not JSON ({error}); correct the file") from error
    if (failure := _validator().first_failure(ledger)) is not None:
        place = "/".join(map(str, failure.path)) or "the file"
        raise ClaimsError(f"{path}: {place}: {failure.message}; correct the file")
    return ledger


@cache
def _validator() -> Validator:
    return SchemaSet().validator(json.loads(META_SCHEMA.read_bytes()))


def _rows(ledger: Mapping[str, Any]) -> Iterator[Claim]:
    for row in ledger["claims"]:
        yield Claim(
            id=row["id"],
            area=row["area"],
            claim=row["claim"],
            sources=tuple(row["sources"]),
            firmness=row["firmness"],
            contradicts=tuple(row["contradicts"]),
            operations=tuple(row["operations"]),
            exceptions=tuple((part["part"], part["firmness"]) for part in row.get("exceptions", ())),
            terms=tuple(row.get("terms", ())),
            fields=row.get("fields", {}),
            checks=tuple(_check(check, row) for check in row.get("checks", ())),
            unobservable=row.get("unobservable", ""),
        )


def _check(entry: Mapping[str, Any], row: Mapping[str, Any]) -> Check:
    return Check(
        entry["speaker"],
        entry["when"],
        entry["must"],
        entry.get("holds", "always"),
        entry.get("part", ""),
        entry.get("next") or row.get("next", ""),
    )


def _check_ids(folder: Path, all_claims: tuple[Claim, ...]) -> None:
    if duplicates := [name for name, count in Counter(claim.id for claim in all_claims).items() if count > 1]:
        raise ClaimsError(f"{folder}: duplicate id {', '.join(duplicates)}; use another id")
    pairs = {(claim.id, contradicting) for claim in all_claims for contradicting in claim.contradicts}
    for claim, contradicting in sorted(pairs):
        if (contradicting, claim) not in pairs:
            raise ClaimsError(
                f"{folder}: {claim} contradicts {contradicting}, but not vice versa; "
                f"add {claim} to the contradicts of {contradicting}"
            )
