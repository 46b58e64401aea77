"""The names and values that the packaged schemas know; they belong to the protocol, so they are not content.

Only the packaged schemas are used, because a user's own schemas may have learned from the traffic that a receipt hides.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from wirelore.learning.knowledge import form_of
from wirelore.model.protocol import protocol
from wirelore.model.routes import packaged
from wirelore.schema.library import Library

Node = Mapping[str, Any]
UNMASKED_FORMS = frozenset({"empty", "boolean", "integer", "number", "date", "date-time", "http-date"})
"""Forms whose values stay: sizes, times and booleans."""
_VERSION = re.compile(r"v?[0-9]{1,4}(?:[.-][0-9a-z]{1,6}){0,5}")
_ID_PREFIX = re.compile(r"[a-z]{2,16}_")
_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "integer": (int,),
    "number": (int, float),
}


class KnownNames:
    """Lookup of schemas by place."""

    def __init__(self, library: Library) -> None:
        self._branches = {
            name: library.branches(name)
            for name in (
                "request-bodies",
                "response-bodies",
                "event-payloads",
                "parameters",
                "request-headers",
                "response-headers",
            )
        }
        self._errors = library.root("error-bodies")
        self._prefixes = tuple(sorted(set(_prefixes(library.documents)), key=len, reverse=True))
        self.hosts = frozenset(packaged().hosts) | {"localhost", "127.0.0.1", "::1"}
        self.operations = frozenset(route.operation for route in packaged().routes)

    def prefix(self, text: str) -> str:
        """Return the id prefix (`req_`) of the text if the schemas know it, else an empty text."""
        return next((prefix for prefix in self._prefixes if text.startswith(prefix)), "")

    def request(self, operation: str, member: str = "body") -> list[Node]:
        """Return the schemas of a request body; `member` is `body`, or `lines` for JSON lines."""
        return _member([self._branches["request-bodies"].get(operation, {})], member)

    def response(self, operation: str, status: int, member: str = "body") -> list[Node]:
        """Return the schemas of a response body."""
        node = self._branches["response-bodies"].get(f"{operation} {status}", {})
        return _member([node, self._errors] if status >= 400 else [node], member)

    def event(self, operation: str, name: str) -> list[Node]:
        """Return the schemas of the data of an event."""
        nodes = _member([self._branches["event-payloads"].get(f"{operation} {name}", {})], "data")
        return [*nodes, *_member([self._errors], "body")] if name == packaged().error_event else nodes

    @property
    def events(self) -> frozenset[str]:
        """The names of all known events."""
        names = (case.rpartition(" ")[2] for case in self._branches["event-payloads"])
        return frozenset(names) | {packaged().error_event}

    @cache  # noqa: B019 - one object for a receipt
    def header(self, side: str, name: str) -> tuple[Node, ...]:
        """Return the schemas of the values of a header in all operations; `side` is `request` or `response`."""
        nodes = _member(self._branches[f"{side}-headers"].values(), "headers")
        return tuple(node["items"] for node in _member(nodes, name) if "items" in node)

    def is_version(self, side: str, name: str, text: str) -> bool:
        """Return True if the header is known to contain a version, and the text looks like one."""
        has_version = name.endswith("version") and self.header(side, name)
        return bool(has_version) and _VERSION.fullmatch(text) is not None

    def parameters(self, operation: str) -> dict[str, list[Node]]:
        """Return the schemas of an operation's parameters: path parameters by name, query parameters by `?name`."""
        branch = self._branches["parameters"].get(operation, {})
        path = _properties(_member([branch], "path"))
        query = _properties(_member([branch], "query"))
        return {**path, **{f"?{name}": [node.get("items", {}) for node in nodes] for name, nodes in query.items()}}


@cache
def known() -> KnownNames:
    """Return the lookup in the packaged schemas."""
    return KnownNames(Library())


def fitting(nodes: Iterable[Node], value: Any) -> list[Node]:
    """Return the nodes and their branches that apply to a value, without opaque ones."""
    applicable: list[Node] = []
    for node in nodes:
        if node.get("x-opaque"):
            continue
        applicable.append(node)
        for branch in node.get("allOf", ()):
            if "if" not in branch:
                applicable += fitting([branch], value)
            elif _holds(branch["if"], value):
                applicable += fitting([branch["then"]], value)
    return applicable


def is_known(nodes: Iterable[Node], text: str) -> bool:
    """Return True if the schemas list this text."""
    return any(text in node.get("enum", ()) or node.get("const") == text for node in nodes)


def is_model(name: str, text: str) -> bool:
    """Return True if the member is the model and the text a public model name."""
    return name == protocol().model_member and protocol().model_name.fullmatch(text) is not None


def known_form(nodes: Iterable[Node], text: str) -> str:
    """Return the form of the text if the schemas know it, else an empty text."""
    form = form_of(text) if any(node.get("x-forms") for node in nodes) and len(text) < 1 << 16 else ""
    firm = {
        known for node in nodes for known in node.get("x-forms", ()) if "pattern" in node or known not in UNMASKED_FORMS
    }
    return form if form in firm else ""


def in_map(nodes: Iterable[Node]) -> list[Node]:
    """Return the schemas of the values of a map, without forms that stay, because its values are content."""
    values = [node["additionalProperties"] for node in nodes if isinstance(node.get("additionalProperties"), dict)]
    return [
        {**node, "x-forms": [form for form in node.get("x-forms", ()) if form not in UNMASKED_FORMS]} for node in values
    ]


def _prefixes(value: Any) -> Iterator[str]:
    """Yield the id prefixes in schemas: listed values such as `req_`, and the start of patterns such as `^req_...`."""
    if isinstance(value, list):
        for element in value:
            yield from _prefixes(element)
    elif isinstance(value, Mapping):
        for name, member in value.items():
            texts = member if isinstance(member, list) else [member]
            if name in ("const", "enum"):
                yield from (text for text in texts if isinstance(text, str) and _ID_PREFIX.fullmatch(text))
            elif (
                name == "pattern" and isinstance(member, str) and (match := _ID_PREFIX.match(member.removeprefix("^")))
            ):
                yield match.group()
            yield from _prefixes(member)


def _member(nodes: Iterable[Node], name: str) -> list[Node]:
    return [node["properties"][name] for node in nodes if name in node.get("properties", ())]


def _properties(nodes: Iterable[Node]) -> dict[str, list[Node]]:
    by_name: dict[str, list[Node]] = {}
    for node in nodes:
        for name, member in node.get("properties", {}).items():
            by_name.setdefault(name, []).append(member)
    return by_name


def _holds(condition: Node, value: Any) -> bool:
    """Return True if a condition in the schemas' dialect holds."""
    types = condition.get("type")
    if types and not any(_is(name, value) for name in ([types] if isinstance(types, str) else types)):
        return False
    if "not" in condition and _holds(condition["not"], value):
        return False
    if not isinstance(value, dict):
        return True
    properties = condition.get("properties", {})
    return all(name in value for name in condition.get("required", ())) and all(
        name not in value or "const" not in node or node["const"] == value[name] for name, node in properties.items()
    )


def _is(name: str, value: Any) -> bool:
    return isinstance(value, _TYPES[name]) and not (isinstance(value, bool) and name in ("integer", "number"))
