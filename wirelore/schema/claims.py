"""The claims ledger: what the sources say about the protocol, as data that captures will support or contradict.

One file per area, `claims/<area>.json`, each valid against claims.schema.json. How a claim is decided is data as well:
its checks, see docs/claims.md.
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
"""The packaged ledger."""

META_SCHEMA = SCHEMAS / "claims.schema.json"
"""What one file of a ledger must be."""


class ClaimsError(ValueError):
    """A ledger cannot be read; the message names file, place, what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class Check:
    """How one part of a claim is decided: which exchanges it is about, and what they must satisfy."""

    speaker: str
    """Whose behaviour it is about: `client` or `service`."""
    when: Any = field(hash=False)
    """A JSON Schema that selects exchanges by their envelope."""
    must: Any = field(hash=False)
    """A JSON Schema that the selected ones satisfy if the claim is true."""
    holds: str = "always"
    """`always`, or `once`: that something exists, which one exchange shows and none contradicts."""
    part: str = ""
    """Which part of the claim it is, in a few words; may be empty."""
    next: str = ""
    """Which recording decides it, as a sentence; may be empty."""


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of parts of the protocol, such as operations or header names, and where observations show them."""

    title: str
    """In the plural."""
    analyzer: str
    steps: tuple[str, ...]
    """The place in the analyzer's observations; `*` stands for every element."""
    operations: tuple[str, ...] = ()
    """Only in observations of these operations; of all if empty."""


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
    """Parts of the claim that are held with another firmness: (part, firmness)."""
    terms: tuple[str, ...] = ()
    """Names and values of the wire that the claim enumerates, spelled as sent."""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Members of a body that the claim enumerates, dotted where nested, with the type that the source gives."""
    checks: tuple[Check, ...] = ()
    """What decides it, part by part; empty if nothing on the wire can, or if nobody has written a check yet."""
    unobservable: str = ""
    """Why no recording of the wire can decide it; empty if one can."""


def claims(folder: Path = PACKAGED) -> tuple[Claim, ...]:
    """All claims of a ledger, sorted by id.

    Raises ClaimsError for a file that is no ledger file, an id used twice, and a contradiction that names no claim
    or is not returned by it.
    """
    found = tuple(sorted((claim for ledger in _ledgers(folder) for claim in _rows(ledger)), key=lambda claim: claim.id))
    _check_ids(folder, found)
    return found


def beside(schemas: Path) -> tuple[Claim, ...]:
    """The claims in a folder of schemas; none if it has no ledger. Raises ClaimsError as `claims` does."""
    folder = schemas / PACKAGED.name
    return claims(folder) if folder.is_dir() else ()


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


def areas(folder: Path = PACKAGED) -> dict[str, Area]:
    """The areas by name, in the order that their files state. Raises ClaimsError as `claims` does."""
    found = [
        Area(
            ledger["area"],
            ledger["title"],
            ledger.get("order", sys.maxsize),
            tuple(_part(part) for part in ledger.get("parts", ())),
        )
        for ledger in _ledgers(folder)
    ]
    return {area.name: area for area in sorted(found, key=lambda area: (area.order, area.name))}


def _part(stated: Mapping[str, Any]) -> Part:
    analyzer, _, pointer = stated["place"].partition("#")
    return Part(stated["title"], analyzer, json_pointer.parse(pointer), tuple(stated.get("operations", ())))


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
        if both := [row["id"] for row in ledger["claims"] if "checks" in row and "unobservable" in row]:
            raise ClaimsError(f"{path}: {both[0]} has checks and is unobservable; give it one of both")
        yield ledger


def _ledger(path: Path) -> dict[str, Any]:
    try:
        ledger: dict[str, Any] = json.loads(path.read_bytes())
    except ValueError as error:
        raise ClaimsError(f"{path}: no JSON ({error}); correct the file") from error
    if (wrong := _validator().first_failure(ledger)) is not None:
        place = "/".join(map(str, wrong.path)) or "the file"
        raise ClaimsError(f"{path}: {place}: {wrong.message}; correct the file")
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
            checks=tuple(_check(stated, row) for stated in row.get("checks", ())),
            unobservable=row.get("unobservable", ""),
        )


def _check(stated: Mapping[str, Any], row: Mapping[str, Any]) -> Check:
    return Check(
        stated["speaker"],
        stated["when"],
        stated["must"],
        stated.get("holds", "always"),
        stated.get("part", ""),
        stated.get("next") or row.get("next", ""),
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
