"""The library: a folder of schemas with their rules, compiled on first use."""

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

__all__ = ["BASE", "DIALECT", "PACKAGED", "BadSchema", "Departure", "Judge", "Library", "Rule", "writable_folder"]

PACKAGED = SCHEMAS
"""The folder of the packaged schemas, which is never written to; a user's folder starts as a copy."""

BASE = "https://wirelore.example/schemas/"
"""The prefix of every `$id`; nothing is ever fetched from it."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Rule:
    """The id, severity and texts of a kind of departure."""

    id: str
    severity: str
    message: str
    means: str


class Library:
    """A folder of schemas."""

    def __init__(self, folder: Path = PACKAGED) -> None:
        """Raises BadSchema if a file is not a JSON object with the `$id` of its path."""
        self.folder = folder
        self._judges: dict[str, Judge] = {}
        self._documents: dict[int, dict[str, dict[str, Any]]] = {}
        """The documents, by the number of added folders at the time that they were read."""
        if not folder.is_dir():
            raise BadSchema(
                f"{folder}: not a folder of schemas; copy the packaged ones with `wirelore learn --schemas {folder}`"
            )

    @property
    def documents(self) -> dict[str, dict[str, Any]]:
        """Every schema by its path relative to the folder, with `/`, including those of third-party analyzers."""
        count = len(added.folders())
        if count not in self._documents:
            self._documents = {count: dict(self._files())}
        return self._documents[count]

    def _files(self) -> Iterator[tuple[str, dict[str, Any]]]:
        names: set[str] = set()
        for folder in (self.folder, *added.folders()):
            for path in sorted(folder.rglob("*.json")):
                name = path.relative_to(folder).as_posix()
                document = json_object(path)
                if document.get("$schema") != DIALECT or name in names:
                    continue
                if document.get("$id") != BASE + name:
                    raise BadSchema(f"{path}: $id is {document.get('$id')!r}, expected {BASE + name!r}")
                names.add(name)
                yield name, document

    def root(self, analyzer: str) -> dict[str, Any]:
        """Return the analyzer's own schema. Raises BadSchema if it has none."""
        try:
            return self.documents[f"{analyzer}.json"]
        except KeyError:
            raise BadSchema(
                f"{self.folder / analyzer}.json: missing; every analyzer needs a schema with its name: "
                "write it, or copy the packaged one"
            ) from None

    def branches(self, analyzer: str) -> dict[str, dict[str, Any]]:
        """Return the branch schemas of an analyzer by the value that selects them; empty if it has none."""
        learn = self.root(analyzer).get("x-learn") or {}  # false: nothing is learned
        (key,) = learn.get("dispatch", []) or [""]
        branches = {}
        for branch in self.root(analyzer).get("allOf", []):
            reference = branch.get("then", {}).get("$ref")
            if key and reference:
                branches[branch["if"]["properties"][key]["const"]] = self.documents[reference]
        return branches

    def common_rules(self) -> dict[str, Rule]:
        """Return, by name, the rules common to all analyzers; here their ids are the names alone."""
        return _rules(self._common, "")

    def own_rules(self, analyzer: str) -> dict[str, Rule]:
        """Return the rules in the analyzer's own schema by short name; they may replace common rules."""
        return _rules(self.root(analyzer).get("x-rules", {}), f"{analyzer}/", f"{analyzer}.json")

    def rules(self, analyzer: str) -> dict[str, Rule]:
        """Return the common rules and those of the analyzer by short name.

        Raises BadSchema for a rule that lacks a member, and for an `x-rule` that names an unknown rule.
        """
        common = _rules(self._common, f"{analyzer}/")
        rules = dict(sorted({**common, **self.own_rules(analyzer)}.items()))
        for name in sorted(_named_rules(self.root(analyzer)) - rules.keys()):
            raise BadSchema(
                f"{analyzer}.json: unknown rule {name!r} in x-rule; "
                f"{did_you_mean(name, rules)}add it to x-rules, or use one of {', '.join(rules)}"
            )
        return rules

    @cached_property
    def _common(self) -> dict[str, Any]:
        rules: dict[str, Any] = json_object(PACKAGED / "rules.json")["rules"]
        return rules

    def judge(self, analyzer: str) -> "Judge":
        """Return the compiled schema of an analyzer."""
        if analyzer not in self._judges:
            root = self.root(analyzer)
            self._judges[analyzer] = Judge(root["$id"], self._reachable(root))
        return self._judges[analyzer]

    def _reachable(self, root: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Return, by `$id`, a document and the documents that it refers to directly or indirectly."""
        by_id = {document["$id"]: document for document in self.documents.values()}
        reachable, new = {root["$id"]: root}, [root]
        while new:
            document = new.pop()
            addresses = {urljoin(document["$id"], reference) for reference in _references(document)}
            for address in sorted((addresses & by_id.keys()) - reachable.keys()):
                reachable[address] = by_id[address]
                new.append(by_id[address])
        return reachable


def _references(value: Any) -> set[str]:
    if isinstance(value, list):
        return set[str]().union(*map(_references, value))
    if not isinstance(value, Mapping):
        return set()
    references = {value["$ref"]} if isinstance(value.get("$ref"), str) else set[str]()
    return references.union(*map(_references, value.values()))


def writable_folder(folder: Path | None) -> Path:
    """Return the folder that learning may write to; a new one is filled with a copy of the packaged schemas.

    The default is `schemas` in the current folder, if it has schemas. Raises BadSchema if there is no such folder.
    """
    chosen = folder or Path("schemas")
    if chosen.resolve() == PACKAGED.resolve() and ROOT != SEARCH_PATH:
        raise BadSchema(f"{chosen}: schemas of the installed package are read-only; name a folder of your own")
    if (chosen / "rules.json").is_file():
        return chosen
    if folder is None:
        raise BadSchema("./schemas: not a folder of schemas; name one with --schemas DIR (a new one starts as a copy)")
    if folder.is_dir() and any(folder.iterdir()):
        raise BadSchema(f"{folder}: contains files other than schemas; name a new folder, which starts as a copy")
    _copy(PACKAGED, folder)
    return folder


def copy_added(folder: Path) -> None:
    """Copy the schemas of third-party analyzers to a folder, where they can be widened; never overwrite a file."""
    for source in added.folders():
        _copy(source, folder)


def _copy(source: Path, folder: Path) -> None:
    for path in sorted(source.rglob("*.json")):
        copy = folder / path.relative_to(source)
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())


_RULE_MEMBERS = ("severity", "message", "means")


def _rules(definitions: Mapping[str, Any], prefix: str, file: str = "rules.json") -> dict[str, Rule]:
    for name, rule in definitions.items():
        texts = rule if isinstance(rule, Mapping) else {}
        missing = [part for part in _RULE_MEMBERS if not isinstance(texts.get(part), str)]
        if missing:
            raise BadSchema(
                f"{file}: rule {name!r} has no {missing[0]}; expected the strings {', '.join(_RULE_MEMBERS)}"
            )
    return {
        name: Rule(prefix + name, rule["severity"], rule["message"], rule["means"])
        for name, rule in sorted(definitions.items())
    }


def _named_rules(value: Any) -> set[str]:
    """Return the rules in the `x-rule` annotations of a schema."""
    if isinstance(value, list):
        return set[str]().union(*map(_named_rules, value))
    if not isinstance(value, Mapping):
        return set()
    annotation = value.get("x-rule")
    rules = (
        {name for name in annotation.values() if isinstance(name, str)}
        if isinstance(annotation, Mapping)
        else set[str]()
    )
    return rules.union(*map(_named_rules, value.values()))
