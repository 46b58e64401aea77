"""The library: a folder of schemas with their rules, each compiled when first asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from wirelore.model.packaged import ROOT, SCHEMAS, SEARCH_PATH
from wirelore.model.wording import did_you_mean
from wirelore.schema import added
from wirelore.schema.judge import Departure, Judge
from wirelore.schema.schema_files import json_object
from wirelore.schema.validation import BadSchema

__all__ = ["BASE", "DIALECT", "PACKAGED", "BadSchema", "Departure", "Judge", "Library", "Rule", "writable"]

PACKAGED = SCHEMAS
"""The packaged schemas. They are never written to; a user's own folder starts as a copy of them."""

BASE = "https://wirelore.example/schemas/"
"""What every `$id` starts with; nothing is ever fetched from there."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Rule:
    """How a kind of departure is called, how severe it is and what it means."""

    id: str
    severity: str
    message: str
    means: str


class Library:
    """A folder of schemas."""

    def __init__(self, folder: Path = PACKAGED) -> None:
        """Raises BadSchema if a file is no JSON object with the `$id` that its place demands."""
        self.folder = folder
        self._judges: dict[str, Judge] = {}
        self._documents: dict[int, dict[str, dict[str, Any]]] = {}
        """As many folders as had been added, and what was read then."""
        if not folder.is_dir():
            raise BadSchema(
                f"{folder}: no folder of schemas; copy the packaged ones with `wirelore learn --schemas {folder}`"
            )

    @property
    def documents(self) -> dict[str, dict[str, Any]]:
        """Every schema by its path relative to the folder, `/` as separator; also those that came with analyzers."""
        count = len(added.folders())
        if count not in self._documents:
            self._documents = {count: dict(self._files())}
        return self._documents[count]

    def _files(self) -> Iterator[tuple[str, dict[str, Any]]]:
        known: set[str] = set()
        for folder in (self.folder, *added.folders()):
            for path in sorted(folder.rglob("*.json")):
                name = path.relative_to(folder).as_posix()
                document = json_object(path)
                if document.get("$schema") != DIALECT or name in known:
                    continue
                if document.get("$id") != BASE + name:
                    raise BadSchema(f"{path}: $id is {document.get('$id')!r}, expected {BASE + name!r}")
                known.add(name)
                yield name, document

    def root(self, analyzer: str) -> dict[str, Any]:
        """The analyzer's own schema. Raises BadSchema if it has none."""
        try:
            return self.documents[f"{analyzer}.json"]
        except KeyError:
            raise BadSchema(
                f"{self.folder / analyzer}.json: missing; every analyzer has a schema of its name: "
                "write it, or copy the packaged one"
            ) from None

    def branches(self, analyzer: str) -> dict[str, dict[str, Any]]:
        """The branch schemas of an analyzer by the value that they are dispatched on; empty if it has none."""
        learn = self.root(analyzer).get("x-learn") or {}  # it may be false: nothing is learned
        (key,) = learn.get("dispatch", []) or [""]
        found = {}
        for branch in self.root(analyzer).get("allOf", []):
            reference = branch.get("then", {}).get("$ref")
            if key and reference:
                found[branch["if"]["properties"][key]["const"]] = self.documents[reference]
        return found

    def common_rules(self) -> dict[str, Rule]:
        """The rules that every analyzer can report, by name; their ids are the names alone."""
        return _rules(self._common, "")

    def own_rules(self, analyzer: str) -> dict[str, Rule]:
        """The rules that the analyzer's own schema defines, by short name; one may replace a common rule."""
        return _rules(self.root(analyzer).get("x-rules", {}), f"{analyzer}/", f"{analyzer}.json")

    def rules(self, analyzer: str) -> dict[str, Rule]:
        """The rules that the analyzer can report, by short name: the common ones and its own.

        Raises BadSchema for a rule that lacks a member, and for an `x-rule` that names none of them.
        """
        common = _rules(self._common, f"{analyzer}/")
        rules = dict(sorted({**common, **self.own_rules(analyzer)}.items()))
        for name in sorted(_rules_named(self.root(analyzer)) - rules.keys()):
            raise BadSchema(
                f"{analyzer}.json: x-rule names {name!r}, which is not in x-rules; "
                f"{did_you_mean(name, rules)}add it there, or name one of {', '.join(rules)}"
            )
        return rules

    @cached_property
    def _common(self) -> dict[str, Any]:
        stated: dict[str, Any] = json_object(PACKAGED / "rules.json")["rules"]
        return stated

    def judge(self, analyzer: str) -> "Judge":
        """The compiled schema of an analyzer."""
        if analyzer not in self._judges:
            root = self.root(analyzer)
            self._judges[analyzer] = Judge(root["$id"], self._reachable(root))
        return self._judges[analyzer]

    def _reachable(self, root: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """A document and those that it refers to, directly or not, by `$id`."""
        known = {document["$id"]: document for document in self.documents.values()}
        found, new = {root["$id"]: root}, [root]
        while new:
            document = new.pop()
            addresses = {urljoin(document["$id"], reference) for reference in _references(document)}
            for address in sorted((addresses & known.keys()) - found.keys()):
                found[address] = known[address]
                new.append(known[address])
        return found


def _references(value: Any) -> set[str]:
    if isinstance(value, list):
        return set[str]().union(*map(_references, value))
    if not isinstance(value, Mapping):
        return set()
    own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set[str]()
    return own.union(*map(_references, value.values()))


def writable(folder: Path | None) -> Path:
    """The folder that learning may write to, filled with a copy of the packaged schemas if it is new.

    Without a folder given it is `schemas` of the current folder, if that is one. Raises BadSchema if there is none.
    """
    chosen = folder or Path("schemas")
    if chosen.resolve() == PACKAGED.resolve() and ROOT != SEARCH_PATH:
        raise BadSchema(f"{chosen}: the schemas of the installed package, never written to; name a folder of your own")
    if (chosen / "rules.json").is_file():
        return chosen
    if folder is None:
        raise BadSchema(
            "./schemas: no folder of schemas; name one with --schemas DIR, it starts as a copy of the packaged ones"
        )
    if folder.is_dir() and any(folder.iterdir()):
        raise BadSchema(f"{folder}: holds something else than schemas; name a new folder, it starts as a copy")
    _copy(PACKAGED, folder)
    return folder


def copy_added(folder: Path) -> None:
    """Copies the schemas that came with analyzers from outside, so that they can be widened; none is overwritten."""
    for home in added.folders():
        _copy(home, folder)


def _copy(home: Path, folder: Path) -> None:
    for path in sorted(home.rglob("*.json")):
        copy = folder / path.relative_to(home)
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())


_RULE_MEMBERS = ("severity", "message", "means")


def _rules(stated: Mapping[str, Any], prefix: str, file: str = "rules.json") -> dict[str, Rule]:
    for name, rule in stated.items():
        texts = rule if isinstance(rule, Mapping) else {}
        lacking = [part for part in _RULE_MEMBERS if not isinstance(texts.get(part), str)]
        if lacking:
            raise BadSchema(f"{file}: rule {name!r} has no {lacking[0]}; expected the texts {', '.join(_RULE_MEMBERS)}")
    return {
        name: Rule(prefix + name, rule["severity"], rule["message"], rule["means"])
        for name, rule in sorted(stated.items())
    }


def _rules_named(value: Any) -> set[str]:
    """The rules that the annotations `x-rule` of a schema name."""
    if isinstance(value, list):
        return set[str]().union(*map(_rules_named, value))
    if not isinstance(value, Mapping):
        return set()
    own = value.get("x-rule")
    named = {one for one in own.values() if isinstance(one, str)} if isinstance(own, Mapping) else set[str]()
    return named.union(*map(_rules_named, value.values()))
