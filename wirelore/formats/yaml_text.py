"""A restricted YAML loader for cassettes: mappings, lists, text and binary, in memory proportional to the file.

The file's events are checked first: tags that construct objects, nesting that would break the parser, and multiplying
aliases are refused, with their line, before anything is built.
"""

from typing import Any, ClassVar

import yaml

from wirelore.formats.draft import EntryError

_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 200
VALUES_LIMIT = 1_000_000
"""The maximum number of values and keys: each takes some hundred bytes of memory and ten microseconds."""
_GROWTH, _SPARE = 10, 10_000_000
_TAGS = ("!", "!binary", *(f"tag:yaml.org,2002:{name}" for name in ("binary", "str", "null", "map", "seq", "int")))
_TAGS += tuple(f"tag:yaml.org,2002:{name}" for name in ("float", "bool", "timestamp"))


class _Loader(_Safe):  # type: ignore[misc]  # the C loader is optional, so its type is unknown
    """A loader of mappings, lists, text, bytes and null; a plain scalar is text, never a date or a number."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:null"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.add_constructor("!binary", yaml.SafeLoader.construct_yaml_binary)
for _name in ("int", "float", "bool", "timestamp"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_name}", yaml.SafeLoader.construct_yaml_str)


def load(content: bytes) -> Any:
    """Return the value of a document. Raises EntryError, with the line in its message."""
    try:
        _check_events(content)
        return yaml.load(content, _Loader)
    except yaml.YAMLError as fault:
        raise EntryError(f"not valid YAML ({_message_of(fault)})", "expected a cassette") from None
    except (ValueError, TypeError, RecursionError) as fault:
        raise EntryError(f"not valid YAML ({fault})", "expected a cassette") from None


def _check_events(content: bytes) -> None:
    """Check the events for dangerous content. Raises EntryError."""
    sizes: dict[str, int] = {}
    stack: list[tuple[str | None, int]] = []
    size = expanded_size = 0
    for number, event in enumerate(yaml.parse(content, _Loader)):
        line = event.start_mark.line + 1 if event.start_mark else 0
        tag = getattr(event, "tag", None)
        if number > VALUES_LIMIT:
            raise EntryError(f"line {line} exceeds {VALUES_LIMIT} values", "expected a cassette; split it")
        if tag and tag not in _TAGS:
            raise EntryError(f"line {line} has the tag {tag!r}, which constructs an object", "expected plain YAML")
        if isinstance(event, yaml.CollectionStartEvent):
            stack.append((event.anchor, expanded_size))
            if len(stack) > _DEEPEST:
                raise EntryError(f"line {line} is nested more than {_DEEPEST} levels deep", "expected a cassette")
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size_before = stack.pop()
            if anchor:
                sizes[anchor] = expanded_size - size_before
        elif isinstance(event, yaml.ScalarEvent):
            size += len(event.value) + 1
            expanded_size += len(event.value) + 1
            if event.anchor:
                sizes[event.anchor] = len(event.value) + 1
        elif isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in stack):
                raise EntryError(f"line {line} has an alias inside its own value", "expected a cassette")
            expanded_size += sizes.get(event.anchor or "", 0) + 1
        if expanded_size > _GROWTH * size + _SPARE:
            raise EntryError(
                f"line {line} has aliases that multiply the content by more than {_GROWTH}", "expected a cassette"
            )


def _message_of(fault: yaml.YAMLError) -> str:
    if isinstance(fault, yaml.MarkedYAMLError) and fault.problem_mark:
        return f"line {fault.problem_mark.line + 1}: {fault.problem}"
    return str(fault).splitlines()[0]
