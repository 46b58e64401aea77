"""How differences are found, named and classed: the tables of changes.json."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from wirelore.analysis.contract import About
from wirelore.analysis.registry import registry
from wirelore.compare.change import CLIENT, SERVER
from wirelore.model.packaged import SCHEMAS
from wirelore.schema.validation import SchemaSet, Validator

PACKAGED = SCHEMAS / "changes.json"
"""The packaged tables."""

_DIRECTIONS: Mapping[About, str] = {"request": CLIENT, "exchange": CLIENT, "response": SERVER}
"""The direction of a difference, by what the analyzer is about, unless a rule has one of its own."""

_DEFAULT: Mapping[str, Any] = {"case": ["operation", "case"]}
"""How the observations of an analyzer are read that the tables do not name."""


@dataclass(frozen=True)
class Rule:
    """How one kind of difference is called, classed and explained."""

    id: str
    kind: str
    """`breaking`, `additive`, `cosmetic` or `unjudged`."""
    of: frozenset[str]
    """The analyzers that it is about; empty for all."""
    change: frozenset[str]
    place: re.Pattern[str]
    was: str
    """How often it was there before, `always` or `sometimes`, for the rule to fit; empty if it does not matter."""
    direction: str
    """Of the difference; empty for that of the analyzer."""
    message: str
    means: str
    advice: str

    def fits(self, analyzer: str, place: str, change: str, was: str) -> bool:
        """Whether the rule names a change at a place of an analyzer's observations."""
        return (
            (not self.of or analyzer in self.of)
            and change in self.change
            and self.was in ("", was)
            and self.place.fullmatch(place) is not None
        )


@dataclass(frozen=True)
class Reading:
    """How the observations of one analyzer are compared; places are JSON pointers."""

    direction: str = CLIENT
    case: tuple[str, ...] = ()
    """The members that tell observations of different things apart."""
    each: frozenset[str] = frozenset()
    """Values, or lists of strings, of which each is a thing of its own."""
    ignored: frozenset[str] = frozenset()
    orders: frozenset[str] = frozenset()
    """Lists of which the order of their common elements is compared."""
    spellings: frozenset[str] = frozenset()
    """Lists of names that are the same without case."""
    unvalued: re.Pattern[str] = re.compile("(?!)")
    """Places whose values are told elsewhere, or mean nothing."""
    measures: frozenset[str] = frozenset()
    """Numbers that are compared by size."""
    jittery: frozenset[str] = frozenset()
    """Measures that vary by themselves."""
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Lists of objects, with the paths to members that name their elements; otherwise it is `type`."""
    counted: bool = False
    """Whether how many observations a recording has is compared."""


@dataclass(frozen=True)
class Variant:
    """A kind of request within an operation."""

    operation: str
    name: str
    when: Any

    def takes(self, document: Any) -> bool:
        """Whether a request with this body is of the kind."""
        return _validator(json.dumps(self.when)).holds(document)


class Tables:
    """The tables of a file."""

    def __init__(self, path: Path = PACKAGED) -> None:
        """Reads the file; it is packaged, so that a fault in it is a fault of the program."""
        content = json.loads(path.read_bytes())
        self.kinds: dict[str, str] = content["kinds"]
        self.rules = tuple(_rule(name, stated) for name, stated in content["rules"].items())
        self.readings = {
            name: _reading(_DIRECTIONS[one.about], content["analyzers"].get(name, _DEFAULT))
            for name, one in registry().items()
        }
        named = (f"(?P<{name}>{pattern})" for name, pattern in content["ids"].items())
        self._ids = re.compile("|".join(named))
        self.variants = tuple(Variant(one["operation"], one["name"], one["when"]) for one in content["variants"])

    def rule(self, analyzer: str, place: str, change: str, was: str = "") -> Rule:
        """The first rule that fits."""
        return next(rule for rule in self.rules if rule.fits(analyzer, place, change, was))

    def without_ids(self, text: str) -> str:
        """The text with the name of its kind in place of each id: `{uuid}`."""
        return self._ids.sub(lambda found: f"{{{found.lastgroup}}}", text)

    def variant(self, operation: str, document: Any) -> str:
        """The kind of a request; empty if the operation has only one."""
        fitting = (one.name for one in self.variants if one.operation == operation and one.takes(document))
        return next(fitting, "")


@cache
def tables() -> Tables:
    """The packaged tables."""
    return Tables()


@cache
def _validator(schema: str) -> Validator:
    return SchemaSet().validator(json.loads(schema))


def _rule(name: str, stated: Mapping[str, Any]) -> Rule:
    return Rule(
        name,
        stated["kind"],
        frozenset(stated["of"]),
        frozenset(stated["change"]),
        _pattern(stated["place"]),
        stated.get("was", ""),
        stated.get("direction", ""),
        stated["message"],
        stated["means"],
        stated["advice"],
    )


def _pattern(place: str | list[str]) -> re.Pattern[str]:
    """Places with `*` for one step, `**` for whatever comes and `{*}` for a star itself, as one expression."""
    return re.compile("|".join(map(_expression, [place] if isinstance(place, str) else place)), re.DOTALL)


def _expression(place: str) -> str:
    special = {"**": ".*", "*": "[^/]*", "{*}": r"\*"}
    return "".join(special.get(part, re.escape(part)) for part in re.split(r"(\{\*\}|\*\*|\*)", place))


def _reading(direction: str, stated: Mapping[str, Any]) -> Reading:
    lists = ("each", "ignored", "orders", "spellings", "measures", "jittery")
    return Reading(
        direction,
        tuple(stated["case"]),
        **{name: frozenset(stated.get(name, ())) for name in lists},
        unvalued=_pattern(stated.get("unvalued") or ["(none)"]),
        named={place: tuple(paths) for place, paths in stated.get("named", {}).items()},
        counted=stated.get("counted", False),
    )
