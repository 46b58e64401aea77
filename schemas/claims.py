"""The claims ledger: what the sources say about the protocol, as data that captures will support or contradict.

One file per area, `claims/<area>.json`, each valid against claims.schema.json.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

PACKAGED = Path(__file__).resolve().parent / "claims"
"""The packaged ledger."""

META_SCHEMA = Path(__file__).resolve().parent / "claims.schema.json"
"""What one file of a ledger must be."""


class ClaimsError(ValueError):
    """A ledger cannot be read; the message names file, place, what was found and what was expected."""


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
    """Parts of the claim that are held with another firmness: (part, firmness)."""
    terms: tuple[str, ...] = ()
    """Names and values of the wire that the claim enumerates, spelled as sent."""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Members of a body that the claim enumerates, dotted where nested, with the type that the source gives."""


def claims(folder: Path = PACKAGED) -> tuple[Claim, ...]:
    """All claims of a ledger, sorted by id.

    Raises ClaimsError for a file that is no ledger file, an id used twice, and a contradiction that names no claim
    or is not returned by it.
    """
    found = tuple(sorted((claim for ledger in _ledgers(folder) for claim in _rows(ledger)), key=lambda claim: claim.id))
    _check_ids(folder, found)
    return found


def sources(folder: Path = PACKAGED) -> dict[str, str]:
    """The titles of the sources that a ledger names, by id, sorted. Raises ClaimsError as `claims` does."""
    found: dict[str, str] = {}
    for ledger in _ledgers(folder):
        for source, title in ledger["sources"].items():
            if found.setdefault(source, title) != title:
                raise ClaimsError(
                    f"{folder / ledger['area']}.json: sources/{source} is {title!r}, another area says "
                    f"{found[source]!r}; give it one title"
                )
    return dict(sorted(found.items()))


def areas(folder: Path = PACKAGED) -> dict[str, str]:
    """The headings of the areas, by area, in the order of the files. Raises ClaimsError as `claims` does."""
    return {ledger["area"]: ledger["title"] for ledger in _ledgers(folder)}


def _ledgers(folder: Path) -> Iterator[Mapping[str, Any]]:
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise ClaimsError(f"{folder}: holds no claims; expected one JSON file per area")
    for path in paths:
        ledger = _ledger(path)
        areas = {ledger["area"], *(row["area"] for row in ledger["claims"])}
        if areas != {path.stem}:
            raise ClaimsError(
                f"{path}: area {', '.join(sorted(areas - {path.stem}))}; expected {path.stem}, as the file"
            )
        if strangers := {name for row in ledger["claims"] for name in row["sources"]} - set(ledger["sources"]):
            raise ClaimsError(f"{path}: no title for {', '.join(sorted(strangers))}; add it to sources")
        yield ledger


def _ledger(path: Path) -> dict[str, Any]:
    try:
        ledger: dict[str, Any] = json.loads(path.read_bytes())
    except ValueError as error:
        raise ClaimsError(f"{path}: no JSON ({error}); correct the file") from error
    if (wrong := next(iter(_validator().iter_errors(ledger)), None)) is not None:
        place = "/".join(str(step) for step in wrong.absolute_path) or "the file"
        raise ClaimsError(f"{path}: {place}: {wrong.message}; correct the file")
    return ledger


@cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(META_SCHEMA.read_bytes()))


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
        )


def _check_ids(folder: Path, found: tuple[Claim, ...]) -> None:
    if twice := [name for name, count in Counter(claim.id for claim in found).items() if count > 1]:
        raise ClaimsError(f"{folder}: {', '.join(twice)} used twice; an id names one claim")
    pairs = {(claim.id, other) for claim in found for other in claim.contradicts}
    for claim, other in sorted(pairs):
        if (other, claim) not in pairs:
            raise ClaimsError(
                f"{folder}: {claim} contradicts {other}, which does not say so; name {claim} there as well"
            )
