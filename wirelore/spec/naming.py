"""Names of components, from tags and places, and of operations, from methods and paths."""

import re

_NOUNS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("content", "content_block"), ("ContentBlock", "Block")),
    "system": ("SystemBlock", "Block"),
}
"""Names of objects and of their variants, by member, where the member's own name is misleading."""
EMPTY = frozenset({"Data"})
"""Nouns that do not describe the object."""
_EDGE = re.compile(r"v\d+\w*|api")


def pascal(text: str) -> str:
    """Return a name in PascalCase, `TextDelta` for `text_delta`: letters and digits that start with a letter."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    joined = "".join(word[:1].upper() + word[1:] for word in words)
    return joined if joined[:1].isalpha() else f"Value{joined}"


def singular(text: str) -> str:
    """Return the singular: `tool` for `tools`, `entry` for `entries`; `status` and `usage` are unchanged."""
    if text.endswith("ies") and len(text) > 4:
        return text[:-3] + "y"
    if text.endswith("s") and not text.endswith(("ss", "us", "is")) and len(text) > 3:
        return text[:-1]
    return text


def thing(place: str, variant_of: str = "") -> tuple[str, str]:
    """Return the names of a member's value and of its variants: `tool_choice` is a `ToolChoice`, `content` has blocks.

    Inside a variant the variant's name is a prefix: the `content` of a `ToolResultBlock` is a `ToolResultBlockContent`.
    """
    noun = pascal(place)
    general, short = _NOUNS.get(place, (noun, noun))
    return (variant_of + noun if variant_of and place in _NOUNS else general), short


def family(operation: str) -> str:
    """Return the family of an operation, its first meaningful path segment: `messages` for `POST /v1/messages/batches`.

    It is empty if the path has no such segment.
    """
    segments = [
        segment for segment in operation.partition(" ")[2].split("/") if segment and not segment.startswith("{")
    ]
    return next((segment for segment in segments if not _EDGE.fullmatch(segment)), "")


def variant(tag: str, noun: str) -> str:
    """Return the name of a variant: `TextBlock` for `text` of `Block`, `OverloadedError` for `overloaded_error`."""
    name = pascal(tag)
    return name if name.lower().endswith(noun.lower()) else name + noun


def operation_noun(method: str, template: str, *, full: bool = False) -> str:
    """Return a noun for an operation: `MessagesCountTokens` for `POST /v1/messages/count_tokens`.

    Versions, `api`, path parameters and the method POST are omitted unless `full` is true.
    """
    segments = [segment for segment in template.split("/") if segment]
    words = [f"by_{segment.strip('{}')}" if segment.startswith("{") else segment for segment in segments]
    if not full:
        words = [word for word in words if not word.startswith("by_") and not _EDGE.fullmatch(word)] or words
    verb = [] if method == "POST" and not full else [method.lower()]
    return "".join(pascal(word) for word in [*verb, *words]) or pascal(method.lower())


def operation_id(method: str, template: str) -> str:
    """Return the id of an operation: `getV1FilesByFileId` for `GET /v1/files/{file_id}`."""
    noun = operation_noun(method, template, full=True)
    return noun[:1].lower() + noun[1:]
