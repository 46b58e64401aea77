"""The tables of changes.json, by which differences are detected, named and classed."""

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
"""The file with the packaged tables."""

_DIRECTIONS: Mapping[About, str] = {"request": CLIENT, "exchange": CLIENT, "response": SERVER}
"""The direction of a difference by the side that the analyzer observes, unless the rule defines one."""

_DEFAULT: Mapping[str, Any] = {"case": ["operation", "case"]}
"""The entry of analyzers that the tables do not name."""


@dataclass(frozen=True)
class Rule:
    """The name, class and texts of one kind of difference."""

    id: str
    kind: str
    """`breaking`, `additive`, `cosmetic` or `unjudged`."""
    of: frozenset[str]
    """The analyzers that the rule applies to; empty for all."""
    change: frozenset[str]
    place: re.Pattern[str]
    was: str
    """Required presence on the older side, `always` or `sometimes`; empty for any."""
    direction: str
    """The direction of the difference; empty for that of the analyzer."""
    message: str
    means: str
    advice: str

    def fits(self, analyzer: str, place: str, change: str, was: str) -> bool:
        """Return True if the rule matches a change at a place of an analyzer's observations."""
        return (
            (not self.of or analyzer in self.of)
            and change in self.change
            and self.was in ("", was)
            and self.place.fullmatch(place) is not None
        )


@dataclass(frozen=True)
class Reading:
    """The comparison settings of one analyzer; places are JSON pointers."""

    direction: str = CLIENT
    case: tuple[str, ...] = ()
    """The members that distinguish kinds of observations."""
    each: frozenset[str] = frozenset()
    """Values, or lists of strings, that are compared individually."""
    ignored: frozenset[str] = frozenset()
    orders: frozenset[str] = frozenset()
    """Lists whose common elements are compared by order."""
    spellings: frozenset[str] = frozenset()
    """Lists of case-insensitive names."""
    unvalued: re.Pattern[str] = re.compile("(?!)")
    """Places whose values are reported elsewhere, or have no meaning."""
    measures: frozenset[str] = frozenset()
    """Numbers that are compared by size."""
    jittery: frozenset[str] = frozenset()
    """Measures that vary between recordings."""
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Lists of objects with the paths of the members that name their elements; by default `type`."""
    counted: bool = False
    """True if the number of observations in a recording is compared."""


@dataclass(frozen=True)
class Variant:
    """A kind of request within an operation."""

    operation: str
    name: str
    when: Any

    def takes(self, document: Any) -> bool:
        """Return True if a request with this body is of the kind."""
        return _validator(json.dumps(self.when)).holds(document)


class Tables:
    """The tables of a file like changes.json."""

    def __init__(self, path: Path = PACKAGED) -> None:
        """Read the packaged file; errors in it are not handled because they are programming errors."""
        content = json.loads(path.read_bytes())
        self.kinds: dict[str, str] = content["kinds"]
        self.rules = tuple(_rule(name, entry) for name, entry in content["rules"].items())
        self.readings = {
            name: _reading(_DIRECTIONS[analyzer.about], content["analyzers"].get(name, _DEFAULT))
            for name, analyzer in registry().items()
        }
        id_groups = (f"(?P<{name}>{pattern})" for name, pattern in content["ids"].items())
        self._ids = re.compile("|".join(id_groups))
        self.variants = tuple(
            Variant(entry["operation"], entry["name"], entry["when"]) for entry in content["variants"]
        )

    def rule(self, analyzer: str, place: str, change: str, was: str = "") -> Rule:
        """Return the first matching rule."""
        return next(rule for rule in self.rules if rule.fits(analyzer, place, change, was))

    def without_ids(self, text: str) -> str:
        """Replace each id in a text with the name of its kind, such as `{uuid}`."""
        return self._ids.sub(lambda match: f"{{{match.lastgroup}}}", text)

    def variant(self, operation: str, document: Any) -> str:
        """Return the kind of a request; empty if the operation has no kinds."""
        matching = (
            variant.name for variant in self.variants if variant.operation == operation and variant.takes(document)
        )
        return next(matching, "")


@cache
def tables() -> Tables:
    """Return the packaged tables."""
    return Tables()


@cache
def _validator(schema: str) -> Validator:
    return SchemaSet().validator(json.loads(schema))


def _rule(name: str, entry: Mapping[str, Any]) -> Rule:
    return Rule(
        name,
        entry["kind"],
        frozenset(entry["of"]),
        frozenset(entry["change"]),
        _pattern(entry["place"]),
        entry.get("was", ""),
        entry.get("direction", ""),
        entry["message"],
        entry["means"],
        entry["advice"],
    )


def _pattern(place: str | list[str]) -> re.Pattern[str]:
    """Compile places with `*` for one step, `**` for any steps and `{*}` for a literal star."""
    return re.compile("|".join(map(_expression, [place] if isinstance(place, str) else place)), re.DOTALL)


def _expression(place: str) -> str:
    special = {"**": ".*", "*": "[^/]*", "{*}": r"\*"}
    return "".join(special.get(part, re.escape(part)) for part in re.split(r"(\{\*\}|\*\*|\*)", place))


def _reading(direction: str, entry: Mapping[str, Any]) -> Reading:
    lists = ("each", "ignored", "orders", "spellings", "measures", "jittery")
    return Reading(
        direction,
        tuple(entry["case"]),
        **{name: frozenset(entry.get(name, ())) for name in lists},
        unvalued=_pattern(entry.get("unvalued") or ["(none)"]),
        named={place: tuple(paths) for place, paths in entry.get("named", {}).items()},
        counted=entry.get("counted", False),
    )
