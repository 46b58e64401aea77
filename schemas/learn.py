"""Learning: a folder of schemas widened until observations pass, the same bytes whatever the order."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from schemas._changes import Change, changes
from schemas._node import canonical
from schemas._observation import Observation
from schemas._read import from_schema
from schemas._render import to_schema
from schemas._take import Hints, Taker
from schemas._words import SEEN_LIMIT
from schemas.library import BASE, DIALECT, BadSchema

__all__ = ["Change", "Learner"]


class Learner:
    """A folder of schemas that learns; nothing is written before `write`."""

    def __init__(self, folder: Path, enough: int = SEEN_LIMIT) -> None:
        """`enough`: after how many distinct observations what an object always had is a rule; more than 10 count as 10.

        Raises BadSchema if the folder's hints.json cannot be used.
        """
        self._folder, self._enough = folder, enough
        self._hints = _hints(folder / "hints.json")
        self._analyzers: dict[str, _Analyzer] = {}

    def take(self, analyzer: str, observation: Mapping[str, Any]) -> None:
        """Learns one observation. Raises BadSchema if the analyzer's schema is missing or cannot be widened."""
        if analyzer not in self._analyzers:
            self._analyzers[analyzer] = _Analyzer(self._folder, analyzer, self._hints, self._enough)
        self._analyzers[analyzer].take(observation if isinstance(observation, dict) else dict(observation))

    def changes(self) -> list[Change]:
        """What `write` would change, sorted by file, place and kind."""
        return sorted(change for file in self._files() for change in file.changes())

    def write(self) -> list[Change]:
        """Writes the files whose content changed; the others keep their bytes. Returns what changed."""
        made = self.changes()
        for file in self._files():
            file.write()
        return made

    def _files(self) -> "Iterator[_File | _Frame]":
        for analyzer in self._analyzers.values():
            yield from analyzer.files()


class _Analyzer:
    """What one analyzer's observations teach: its root, or a branch for each kind of observation."""

    def __init__(self, folder: Path, analyzer: str, hints: Hints, enough: int) -> None:
        self._folder, self._analyzer, self._hints, self._enough = folder, analyzer, hints, enough
        document = _document(folder, f"{analyzer}.json")
        learning = document.get("x-learn", {})
        self._is_on = learning is not False
        settings: Mapping[str, Any] = learning if isinstance(learning, Mapping) else {}
        self._keys: list[str] = settings.get("dispatch", [])
        self._place = settings.get("folder", analyzer)
        self._template: Mapping[str, Any] = settings.get("template", {})
        self._frame = _Frame(folder, f"{analyzer}.json", document, self._keys)
        self._branches: dict[str, _File] = {}
        self._by_case: dict[tuple[Any, ...], _File] = {}

    def files(self) -> "Iterator[_File | _Frame]":
        if self._keys:
            yield self._frame
        yield from self._branches.values()

    def take(self, observation: dict[str, Any]) -> None:
        if not self._is_on or any(key not in observation for key in self._keys):
            return  # without the members that say what it is, it belongs to no branch
        case = tuple((type(observation[key]), observation[key]) for key in self._keys)
        file = self._by_case.get(case)
        if file is None:
            file = self._by_case[case] = self._file(observation)
        file.taker.observe(observation)

    def _file(self, observation: dict[str, Any]) -> "_File":
        name = f"{self._analyzer}.json"
        if self._keys:
            case = {key: observation[key] for key in self._keys}
            name = f"{self._place}/{slug(case.values())}.json"
            self._frame.dispatch(case, name)
        if name not in self._branches:
            self._branches[name] = _File(self._folder, name, self._template, self._hints, self._enough)
        return self._branches[name]


class _File:
    """A schema file with the observations of one kind, and those taken in since it was read."""

    def __init__(self, folder: Path, name: str, template: Mapping[str, Any], hints: Hints, enough: int) -> None:
        self._path, self._name = folder / name, name
        self._is_new = not self._path.is_file()
        document = {"$schema": DIALECT, "$id": BASE + name, **template} if self._is_new else _document(folder, name)
        try:
            self._old = from_schema(document, template=self._is_new)
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise BadSchema(f"{self._path}: {fault}") from None
        self.taker = Taker(self._old, hints, source=Observation(enough))

    def changes(self) -> Iterator[Change]:
        if self._is_new:
            yield Change(self._name, "", "new branch")
        else:
            new = self.taker.node()
            made = list(changes(self._name, self._old, new))
            yield from made
            if new != self._old and not made:
                yield Change(self._name, "", "more samples")

    def write(self) -> None:
        node = self.taker.node()
        if self._is_new or node != self._old:
            _write(self._path, to_schema(node))
            self._is_new, self._old = False, node


class _Frame:
    """The root of an analyzer with branches: which observation is described by which branch."""

    def __init__(self, folder: Path, name: str, document: Mapping[str, Any], keys: list[str]) -> None:
        self._folder, self._name, self._keys = folder, name, keys
        self._document = document
        self._entries = {canonical(entry): entry for entry in document.get("allOf", ())}
        self._cases: list[Mapping[str, Any]] = []

    def dispatch(self, case: Mapping[str, Any], branch: str) -> None:
        """Sends observations with these members to the branch."""
        constants = {key: {"const": value} for key, value in case.items()}
        condition: dict[str, Any] = {"properties": constants, "required": sorted(case)}
        entry = {"if": condition, "then": {"$ref": branch}}
        self._entries.setdefault(canonical(entry), entry)
        self._cases.append(case)

    def changes(self) -> Iterator[Change]:
        old, new = self._document, self._widened()
        for key in self._keys:
            known = old.get("properties", {}).get(key, {}).get("enum", [])
            for value in new["properties"][key]["enum"]:
                if value not in known:
                    yield Change(self._name, f"/{key}", "new value", str(value))

    def write(self) -> None:
        new = self._widened()
        if new != self._document:
            _write(self._folder / self._name, new)
            self._document = new

    def _widened(self) -> dict[str, Any]:
        new = {**self._document, "properties": dict(self._document.get("properties", {}))}
        for key in self._keys:
            node = dict(new["properties"].get(key, {}))
            values = {canonical(value): value for value in node.get("enum", ())}
            values |= {canonical(case[key]): case[key] for case in self._cases}
            node["enum"] = [values[text] for text in sorted(values)]
            if "type" in node:
                node["type"] = _widened_type(node, self._cases, key)
            new["properties"][key] = node
        new["allOf"] = [self._entries[text] for text in sorted(self._entries)]
        return new


def _widened_type(node: Mapping[str, Any], cases: list[Mapping[str, Any]], key: str) -> Any:
    """The stated type, with that of the new values."""
    node_type = from_schema({"type": node["type"], "enum": [case[key] for case in cases]}).types
    return sorted(node_type) if len(node_type) > 1 else next(iter(node_type))


def slug(values: Iterable[Any]) -> str:
    """The file name of a branch. Two kinds of observation with one name share it, which is sound, if less exact."""
    words = (re.sub(r"[^a-z0-9]+", "-", str(value).lower()).strip("-") or "other" for value in values)
    return ".".join(words)[:120]


def _hints(path: Path) -> Hints:
    if not path.is_file():
        return {}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    document = json.loads(path.read_text("utf-8"))
    if not isinstance(document, dict) or document.get("format") != 1:
        raise BadSchema(f"{path}: expected a JSON object of format 1")
    for kind in ("opaque", "open"):
        for entry in document.get(kind, ()):
            variant, _, member = (entry["place"] if isinstance(entry, dict) else entry).partition(".")
            found.setdefault(member, {}).setdefault(variant, {})[f"x-{kind}"] = True
    return found


def _document(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    try:
        document = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BadSchema(f"{path}: missing; every analyzer has a schema of its name") from None
    except ValueError as fault:
        raise BadSchema(f"{path}: no JSON ({fault}); restore it from git or from the package") from None
    if not isinstance(document, dict):
        raise BadSchema(f"{path}: a JSON {type(document).__name__}, expected an object")
    return document


def _write(path: Path, document: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    part = path.with_name(path.name + ".part")
    part.write_text(text, "utf-8")
    part.replace(path)
