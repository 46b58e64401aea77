"""Names for the document: of components, from tags and places; of operations, from methods and paths."""

import re

_NOUNS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("content", "content_block"), ("ContentBlock", "Block")),
    "system": ("SystemBlock", "Block"),
}
"""What a thing at a place and its variants are called, where the place's own name does not say it."""
EMPTY = frozenset({"Data"})
"""Nouns that say nothing of the thing."""
_EDGE = re.compile(r"v\d+\w*|api")


def pascal(text: str) -> str:
    """`text_delta` as `TextDelta`: letters and digits only, never empty, never a digit first."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    joined = "".join(word[:1].upper() + word[1:] for word in words)
    return joined if joined[:1].isalpha() else f"Value{joined}"


def singular(text: str) -> str:
    """`tools` as `tool`, `entries` as `entry`; `status` and `usage` as they are."""
    if text.endswith("ies") and len(text) > 4:
        return text[:-3] + "y"
    if text.endswith("s") and not text.endswith(("ss", "us", "is")) and len(text) > 3:
        return text[:-1]
    return text


def thing(place: str, variant_of: str = "") -> tuple[str, str]:
    """What a member's value is called, and its variants: `tool_choice` is a `ToolChoice`, `content` has blocks.

    What stands in a variant is called after it: the `content` of a `ToolResultBlock` is a `ToolResultBlockContent`.
    """
    noun = pascal(place)
    general, short = _NOUNS.get(place, (noun, noun))
    return (variant_of + noun if variant_of and place in _NOUNS else general), short


def family(operation: str) -> str:
    """The part of the protocol that an operation belongs to: `POST /v1/messages/batches` is of `messages`."""
    segments = [
        segment for segment in operation.partition(" ")[2].split("/") if segment and not segment.startswith("{")
    ]
    return next((segment for segment in segments if not _EDGE.fullmatch(segment)), "")


def variant(tag: str, noun: str) -> str:
    """The variant of a union: `text` of `Block` is `TextBlock`, `overloaded_error` of `Error` is `OverloadedError`."""
    name = pascal(tag)
    return name if name.lower().endswith(noun.lower()) else name + noun


def operation_noun(method: str, template: str, *, whole: bool = False) -> str:
    """What the operation is about: `POST /v1/messages/count_tokens` is `MessagesCountTokens`.

    Versions, `api` and path parameters are left out, and POST is not said, unless `whole` is wanted.
    """
    segments = [segment for segment in template.split("/") if segment]
    words = [f"by_{segment.strip('{}')}" if segment.startswith("{") else segment for segment in segments]
    if not whole:
        words = [word for word in words if not word.startswith("by_") and not _EDGE.fullmatch(word)] or words
    verb = [] if method == "POST" and not whole else [method.lower()]
    return "".join(pascal(word) for word in [*verb, *words]) or pascal(method.lower())


def operation_id(method: str, template: str) -> str:
    """The operation's id: `GET /v1/files/{file_id}` is `getV1FilesByFileId`."""
    noun = operation_noun(method, template, whole=True)
    return noun[:1].lower() + noun[1:]
