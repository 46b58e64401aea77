"""Learning: widening a folder of schemas until observations pass, with the same bytes in any order."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from wirelore.learning.changes import Change, changes
from wirelore.learning.members import Hints
from wirelore.learning.node import EVERYONE, Node, canonical, join
from wirelore.learning.node_builder import NodeBuilder
from wirelore.learning.observation import UNKNOWN_ORIGIN, Origin
from wirelore.learning.schema_reader import from_schema
from wirelore.learning.schema_writer import to_schema
from wirelore.learning.skipping import SkippingLearner
from wirelore.schema.hints import hints
from wirelore.schema.library import BASE, DIALECT, BadSchema
from wirelore.schema.schema_files import json_object

__all__ = ["EVERYONE", "Change", "Learner", "Origin"]


Learned = Mapping[str, tuple[list[dict[str, Any]], Mapping[str, Node]]]
"""By analyzer: the observed cases, and the node of each file."""


class Learner:
    """Widens a folder of schemas; nothing is written before `write`."""

    def __init__(self, folder: Path) -> None:
        """Raises BadSchema if the folder's hints.json is invalid."""
        self._folder = folder
        self._hints = _hints(folder)
        self._analyzers: dict[str, _Analyzer] = {}

    def add(
        self, analyzer: str, observation: Mapping[str, Any], client: str | None = "", origin: Origin = UNKNOWN_ORIGIN
    ) -> None:
        """Learn one observation of a client's exchange; with EVERYONE it is enforced for all clients at once.

        Raises BadSchema if the analyzer's schema is missing or cannot be widened.
        """
        document = observation if type(observation) is dict else dict(observation)
        (self._analyzers.get(analyzer) or self._analyzer(analyzer)).add(document, client or "", origin)

    def learned(self) -> Learned:
        """Return the current knowledge, which another learner of the same folder can merge, also in another process."""
        return {name: (analyzer.cases, analyzer.nodes()) for name, analyzer in self._analyzers.items()}

    def merge(self, learned: Learned) -> None:
        """Merge the knowledge of another learner of the same folder. The result does not depend on the order."""
        for name, (cases, nodes) in learned.items():
            self._analyzer(name).merge(cases, nodes)

    def _analyzer(self, name: str) -> "_Analyzer":
        if name not in self._analyzers:
            self._analyzers[name] = _Analyzer(self._folder, name, self._hints)
        return self._analyzers[name]

    def changes(self) -> list[Change]:
        """Return the changes that `write` would make, sorted by file, place and kind."""
        return sorted(change for file in self._files() for change in file.changes())

    def write(self) -> list[Change]:
        """Write the files with changed content and return the changes; other files keep their bytes."""
        pending = self.changes()
        for file in self._files():
            file.write()
        return pending

    def _files(self) -> "Iterator[_File | _Frame]":
        for analyzer in self._analyzers.values():
            yield from analyzer.files()


class _Analyzer:
    """The files of one analyzer: its root schema, or a branch for each kind of observation."""

    def __init__(self, folder: Path, analyzer: str, hints: Hints) -> None:
        self._folder, self._analyzer, self._hints = folder, analyzer, hints
        document = _document(folder, f"{analyzer}.json")
        learning = document.get("x-learn", {})
        self._is_enabled = learning is not False
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
        """The files of observations that are dispatched by a single string, which most are."""
        self.cases: list[dict[str, Any]] = []

    def files(self) -> "Iterator[_File | _Frame]":
        if self._keys:
            yield self._frame
        yield from self._branches.values()

    def nodes(self) -> dict[str, Node]:
        return {name: file.node() for name, file in self._branches.items()}

    def merge(self, cases: list[dict[str, Any]], nodes: Mapping[str, Node]) -> None:
        for case in cases:
            self._file(case)
        for name, node in nodes.items():
            file = self._branches[name] if self._keys else self._file({})
            file.merge(node)

    def add(self, observation: dict[str, Any], client: str, origin: Origin) -> None:
        name = observation.get(self._key)
        file = self._by_name.get(name) if type(name) is str else None
        if file is None:
            file = self._file_of(observation)
        if file is not None:
            file.observer.observe(observation, client, origin)

    def _file_of(self, observation: dict[str, Any]) -> "_File | None":
        if not self._is_enabled or any(key not in observation for key in self._keys):
            return None  # an observation without the dispatching members belongs to no branch
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
    """A schema file of one kind of observation, widened by the observations since it was read."""

    def __init__(self, folder: Path, name: str, template: Mapping[str, Any], hints: Hints, by_client: bool) -> None:
        self._path, self._name, self._by_client, self._hints = folder / name, name, by_client, hints
        self._is_new = not self._path.is_file()
        document = {"$schema": DIALECT, "$id": BASE + name, **template} if self._is_new else _document(folder, name)
        try:
            self._old = from_schema(document, template=self._is_new)
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise BadSchema(f"{self._path}: {fault}") from None
        self.observer = SkippingLearner(NodeBuilder(self._old, hints), hints)

    def merge(self, node: Node) -> None:
        self.observer = SkippingLearner(NodeBuilder(join(self.node(), node), self._hints), self._hints)

    def node(self) -> Node:
        return self.observer.builder.node()

    def changes(self) -> Iterator[Change]:
        if self._is_new:
            yield Change(self._name, "", "new branch")
        else:
            new = self.node()
            differences = list(changes(self._name, self._old, new))
            yield from differences
            if not differences and self._schema(new) != self._schema(self._old):
                yield Change(self._name, "", "more samples")

    def write(self) -> None:
        node = self.node()
        if self._is_new or self._schema(node) != self._schema(self._old):
            _write(self._path, self._schema(node))
            self._is_new, self._old = False, node

    def _schema(self, node: Node) -> dict[str, Any]:
        return to_schema(node, by_client=self._by_client)


class _Frame:
    """The root schema of an analyzer with branches, which dispatches observations to them."""

    def __init__(self, folder: Path, name: str, document: Mapping[str, Any], keys: list[str]) -> None:
        self._folder, self._name, self._keys = folder, name, keys
        self._document = document
        self._entries = {canonical(entry): entry for entry in document.get("allOf", ())}
        self._cases: list[Mapping[str, Any]] = []

    def dispatch(self, case: Mapping[str, Any], branch: str) -> None:
        """Dispatch observations with these members to the branch."""
        constants = {key: {"const": value} for key, value in case.items()}
        condition: dict[str, Any] = {"properties": constants, "required": sorted(case)}
        entry = {"if": condition, "then": {"$ref": branch}}
        self._entries.setdefault(canonical(entry), entry)
        self._cases.append(case)

    def changes(self) -> Iterator[Change]:
        old, new = self._document, self._widened()
        for key in self._keys:
            old_values = old.get("properties", {}).get(key, {}).get("enum", [])
            for value in new["properties"][key]["enum"]:
                if value not in old_values:
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
    """Return the type, widened by the types of the new values."""
    node_type = from_schema({"type": node["type"], "enum": [case[key] for case in cases]}).types
    return sorted(node_type) if len(node_type) > 1 else next(iter(node_type))


def slug(values: Iterable[Any]) -> str:
    """Return the file name of a branch. Kinds of observations with equal names share a file, which is less exact."""
    words = (re.sub(r"[^a-z0-9]+", "-", str(value).lower()).strip("-") or "other" for value in values)
    return ".".join(words)[:120]


def _hints(folder: Path) -> Hints:
    annotations: dict[str, dict[str, dict[str, Any]]] = {}
    for kind, members in hints(folder).items():
        for object_type, member in sorted(members):
            annotations.setdefault(member, {}).setdefault(object_type, {})[f"x-{kind}"] = True
    return annotations


def _document(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    try:
        return json_object(path)
    except FileNotFoundError:
        raise BadSchema(
            f"{path}: missing; every analyzer needs a schema with its name: copy the packaged one"
        ) from None


def _write(path: Path, document: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    part = path.with_name(path.name + ".part")
    part.write_text(text, "utf-8")
    part.replace(path)
