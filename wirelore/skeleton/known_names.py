"""What the packaged schemas know: which names and values are the protocol's own, and thus no content.

Always the packaged ones: a user's own schemas may have learned from the very traffic that a receipt hides.
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
TELLING = frozenset({"empty", "boolean", "integer", "number", "date", "date-time", "http-date"})
"""Forms whose values are kept as they are: sizes, times and switches."""
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


class Known:
    """The schemas, asked for a place."""

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
        """What the text begins with, if the schemas state it as the beginning of ids (`req_`); else empty."""
        return next((prefix for prefix in self._prefixes if text.startswith(prefix)), "")

    def request(self, operation: str, member: str = "body") -> list[Node]:
        """What is known of the body of a request; `member` is `body`, or `lines` for JSON lines."""
        return _member([self._branches["request-bodies"].get(operation, {})], member)

    def response(self, operation: str, status: int, member: str = "body") -> list[Node]:
        """What is known of the body of a response."""
        node = self._branches["response-bodies"].get(f"{operation} {status}", {})
        return _member([node, self._errors] if status >= 400 else [node], member)

    def event(self, operation: str, name: str) -> list[Node]:
        """What is known of the data of an event."""
        found = _member([self._branches["event-payloads"].get(f"{operation} {name}", {})], "data")
        return [*found, *_member([self._errors], "body")] if name == packaged().error_event else found

    @property
    def events(self) -> frozenset[str]:
        """The names of all known events."""
        named = (case.rpartition(" ")[2] for case in self._branches["event-payloads"])
        return frozenset(named) | {packaged().error_event}

    @cache  # noqa: B019 - one object for a receipt
    def header(self, side: str, name: str) -> tuple[Node, ...]:
        """What is known of the values of a header, in any operation; `side` is `request` or `response`."""
        found = _member(self._branches[f"{side}-headers"].values(), "headers")
        return tuple(one["items"] for one in _member(found, name) if "items" in one)

    def is_version(self, side: str, name: str, text: str) -> bool:
        """Whether a known header tells a version, and this may be one."""
        told = name.endswith("version") and self.header(side, name)
        return bool(told) and _VERSION.fullmatch(text) is not None

    def parameters(self, operation: str) -> dict[str, list[Node]]:
        """The nodes of all parameters of an operation: of its path by name, of its query as `?name`."""
        branch = self._branches["parameters"].get(operation, {})
        path = _properties(_member([branch], "path"))
        query = _properties(_member([branch], "query"))
        return {**path, **{f"?{name}": [one.get("items", {}) for one in nodes] for name, nodes in query.items()}}


@cache
def known() -> Known:
    """What the packaged schemas know."""
    return Known(Library())


def fitting(nodes: Iterable[Node], value: Any) -> list[Node]:
    """The nodes, and those that they send such a value to; what is opaque is not known."""
    found: list[Node] = []
    for node in nodes:
        if node.get("x-opaque"):
            continue
        found.append(node)
        for branch in node.get("allOf", ()):
            if "if" not in branch:
                found += fitting([branch], value)
            elif _holds(branch["if"], value):
                found += fitting([branch["then"]], value)
    return found


def is_known(nodes: Iterable[Node], text: str) -> bool:
    """Whether the schemas list this text for the place."""
    return any(text in node.get("enum", ()) or node.get("const") == text for node in nodes)


def is_model(name: str, text: str) -> bool:
    """Whether this is the public name of a model, where a model is named."""
    return name == protocol().model_member and protocol().model_name.fullmatch(text) is not None


def known_form(nodes: Iterable[Node], text: str) -> str:
    """The form of the text, if the schemas know it for the place."""
    found = form_of(text) if any(node.get("x-forms") for node in nodes) and len(text) < 1 << 16 else ""
    firm = {form for node in nodes for form in node.get("x-forms", ()) if "pattern" in node or form not in TELLING}
    return found if found in firm else ""


def in_map(nodes: Iterable[Node]) -> list[Node]:
    """What is known of the values of a map; its numbers and times are whose the names are."""
    found = [node["additionalProperties"] for node in nodes if isinstance(node.get("additionalProperties"), dict)]
    return [{**one, "x-forms": [form for form in one.get("x-forms", ()) if form not in TELLING]} for one in found]


def _prefixes(value: Any) -> Iterator[str]:
    """The beginnings of ids in schemas: a listed value `req_`, or a pattern `^req_...`."""
    if isinstance(value, list):
        for one in value:
            yield from _prefixes(one)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            stated = one if isinstance(one, list) else [one]
            if name in ("const", "enum"):
                yield from (text for text in stated if isinstance(text, str) and _ID_PREFIX.fullmatch(text))
            elif name == "pattern" and isinstance(one, str) and (match := _ID_PREFIX.match(one.removeprefix("^"))):
                yield match.group()
            yield from _prefixes(one)


def _member(nodes: Iterable[Node], name: str) -> list[Node]:
    return [node["properties"][name] for node in nodes if name in node.get("properties", ())]


def _properties(nodes: Iterable[Node]) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in nodes:
        for name, one in node.get("properties", {}).items():
            found.setdefault(name, []).append(one)
    return found


def _holds(condition: Node, value: Any) -> bool:
    """Whether a condition of the schemas' dialect holds."""
    types = condition.get("type")
    if types and not any(_is(name, value) for name in ([types] if isinstance(types, str) else types)):
        return False
    if "not" in condition and _holds(condition["not"], value):
        return False
    if not isinstance(value, dict):
        return True
    properties = condition.get("properties", {})
    return all(name in value for name in condition.get("required", ())) and all(
        name not in value or "const" not in one or one["const"] == value[name] for name, one in properties.items()
    )


def _is(name: str, value: Any) -> bool:
    return isinstance(value, _TYPES[name]) and not (isinstance(value, bool) and name in ("integer", "number"))
