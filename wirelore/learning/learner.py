"""Learning: a folder of schemas widened until observations pass, the same bytes whatever the order."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from wirelore.learning.changes import Change, changes
from wirelore.learning.members import Hints
from wirelore.learning.node import EVERYONE, Node, canonical, join
from wirelore.learning.node_builder import NodeBuilder
from wirelore.learning.observation import UNTOLD, Origin
from wirelore.learning.schema_reader import from_schema
from wirelore.learning.schema_writer import to_schema
from wirelore.learning.skipping import SkippingLearner
from wirelore.schema.hints import hints
from wirelore.schema.library import BASE, DIALECT, BadSchema
from wirelore.schema.schema_files import json_object

__all__ = ["EVERYONE", "Change", "Learner", "Origin"]


Learned = Mapping[str, tuple[list[dict[str, Any]], Mapping[str, Node]]]
"""By analyzer: the cases that were met, and what is known of each file."""


class Learner:
    """A folder of schemas that learns; nothing is written before `write`."""

    def __init__(self, folder: Path) -> None:
        """Raises BadSchema if the folder's hints.json cannot be used."""
        self._folder = folder
        self._hints = _hints(folder)
        self._analyzers: dict[str, _Analyzer] = {}

    def take(
        self, analyzer: str, observation: Mapping[str, Any], client: str | None = "", origin: Origin = UNTOLD
    ) -> None:
        """Learns one observation of a client's exchange; EVERYONE makes a rule for all of what it alone shows.

        Raises BadSchema if the analyzer's schema is missing or cannot be widened.
        """
        known = observation if type(observation) is dict else dict(observation)
        (self._analyzers.get(analyzer) or self._analyzer(analyzer)).take(known, client or "", origin)

    def learned(self) -> Learned:
        """What is known now, for another learner of the same folder to take over; it may travel between processes."""
        return {name: (analyzer.cases, analyzer.nodes()) for name, analyzer in self._analyzers.items()}

    def take_over(self, learned: Learned) -> None:
        """Learns what another learner of the same folder has learned. In whatever order, the result is the same."""
        for name, (cases, nodes) in learned.items():
            self._analyzer(name).take_over(cases, nodes)

    def _analyzer(self, name: str) -> "_Analyzer":
        if name not in self._analyzers:
            self._analyzers[name] = _Analyzer(self._folder, name, self._hints)
        return self._analyzers[name]

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

    def __init__(self, folder: Path, analyzer: str, hints: Hints) -> None:
        self._folder, self._analyzer, self._hints = folder, analyzer, hints
        document = _document(folder, f"{analyzer}.json")
        learning = document.get("x-learn", {})
        self._is_on = learning is not False
        settings: Mapping[str, Any] = learning if isinstance(learning, Mapping) else {}
        self._keys: list[str] = settings.get("dispatch", [])
        self._place = settings.get("folder", analyzer)
        self._by_client = settings.get("counted") == "by client"
        self._template: Mapping[str, Any] = settings.get("template", {})
        self._frame = _Frame(folder, f"{analyzer}.json", document, self._keys)
        self._branches: dict[str, _File] = {}
        self._by_case: dict[tuple[Any, ...], _File] = {}
        self._key = self._keys[0] if len(self._keys) == 1 else ""
        self._by_name: dict[str, _File] = {}
        """The files of most observations: those that one string dispatches."""
        self.cases: list[dict[str, Any]] = []

    def files(self) -> "Iterator[_File | _Frame]":
        if self._keys:
            yield self._frame
        yield from self._branches.values()

    def nodes(self) -> dict[str, Node]:
        return {name: file.node() for name, file in self._branches.items()}

    def take_over(self, cases: list[dict[str, Any]], nodes: Mapping[str, Node]) -> None:
        for case in cases:
            self._file(case)
        for name, node in nodes.items():
            file = self._branches[name] if self._keys else self._file({})
            file.take_over(node)

    def take(self, observation: dict[str, Any], client: str, origin: Origin) -> None:
        name = observation.get(self._key)
        file = self._by_name.get(name) if type(name) is str else None
        if file is None:
            file = self._by_case_of(observation)
        if file is not None:
            file.pupil.observe(observation, client, origin)

    def _by_case_of(self, observation: dict[str, Any]) -> "_File | None":
        if not self._is_on or any(key not in observation for key in self._keys):
            return None  # without the members that say what it is, it belongs to no branch
        case = tuple((type(observation[key]), observation[key]) for key in self._keys)
        file = self._by_case.get(case)
        if file is None:
            file = self._by_case[case] = self._file(observation)
        if len(case) == 1 and case[0][0] is str:
            self._by_name[case[0][1]] = file
        return file

    def _file(self, observation: dict[str, Any]) -> "_File":
        name = f"{self._analyzer}.json"
        if self._keys:
            case = {key: observation[key] for key in self._keys}
            self.cases.append(case)
            name = f"{self._place}/{slug(case.values())}.json"
            self._frame.dispatch(case, name)
        if name not in self._branches:
            self._branches[name] = _File(self._folder, name, self._template, self._hints, self._by_client)
        return self._branches[name]


class _File:
    """A schema file with the observations of one kind, and those taken in since it was read."""

    def __init__(self, folder: Path, name: str, template: Mapping[str, Any], hints: Hints, by_client: bool) -> None:
        self._path, self._name, self._by_client, self._hints = folder / name, name, by_client, hints
        self._is_new = not self._path.is_file()
        document = {"$schema": DIALECT, "$id": BASE + name, **template} if self._is_new else _document(folder, name)
        try:
            self._old = from_schema(document, template=self._is_new)
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise BadSchema(f"{self._path}: {fault}") from None
        self.pupil = SkippingLearner(NodeBuilder(self._old, hints), hints)

    def take_over(self, node: Node) -> None:
        self.pupil = SkippingLearner(NodeBuilder(join(self.node(), node), self._hints), self._hints)

    def node(self) -> Node:
        return self.pupil.taker.node()

    def changes(self) -> Iterator[Change]:
        if self._is_new:
            yield Change(self._name, "", "new branch")
        else:
            new = self.node()
            made = list(changes(self._name, self._old, new))
            yield from made
            if not made and self._schema(new) != self._schema(self._old):
                yield Change(self._name, "", "more samples")

    def write(self) -> None:
        node = self.node()
        if self._is_new or self._schema(node) != self._schema(self._old):
            _write(self._path, self._schema(node))
            self._is_new, self._old = False, node

    def _schema(self, node: Node) -> dict[str, Any]:
        return to_schema(node, by_client=self._by_client)


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


def _hints(folder: Path) -> Hints:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for kind, members in hints(folder).items():
        for around, member in sorted(members):
            found.setdefault(member, {}).setdefault(around, {})[f"x-{kind}"] = True
    return found


def _document(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    try:
        return json_object(path)
    except FileNotFoundError:
        raise BadSchema(f"{path}: missing; every analyzer has a schema of its name: copy the packaged one") from None


def _write(path: Path, document: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    part = path.with_name(path.name + ".part")
    part.write_text(text, "utf-8")
    part.replace(path)
