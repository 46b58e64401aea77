"""The limits of learning: the definition of protocol identifiers, and bounds on what is stored."""

import re

LIST_LIMIT = 16
"""Maximum number of listed values of a string (`x-limit` overrides it)."""
TAG_LIMIT = 40
"""Maximum number of variants of a tagged union; beyond it they are merged into one object."""
MEMBER_LIMIT = 40
"""Maximum number of undeclared members of an object; beyond it the object is a map."""
SPARSE_LIMIT = 16
"""The same if none of the members is in every sample."""
SEEN_LIMIT = 10
"""Distinct observations of an object by a client that are needed to enforce its common members. Until then the schema
lists them (`x-seen`), and a missing member is a warning instead of an error. A form becomes a pattern after the same
number of distinct strings."""
SPEAKER_LIMIT = 2
"""Clients with responses that are needed to enforce the common members of the service's responses."""
CLIENT_LIMIT = 8
"""Maximum number of clients whose members are stored separately; beyond it the common ones are stored for everyone."""
DEPTH_LIMIT = 32
"""Maximum depth of inspected values. With tagged unions, a level of a value is five levels of its schema, and
jsonschema-rs reads schemas of at most 255 levels."""
ATOM_LIMIT = 2000
"""Maximum length of the canonical JSON of a value that is listed as a whole (`x-atomic`)."""
TEXT_LIMIT = 200
"""Maximum length of a string in a closed list, and of a member's name."""

TYPE_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    dict: "object",
    list: "array",
    tuple: "array",
}
"""The JSON Schema names of the types of JSON values."""

_WORD = re.compile(r"(?!.*(?:://|//|\.[a-z][a-z0-9]{1,3}\Z))[a-z][a-z0-9_.\-/:]{0,63}\Z")
"""An identifier that is neither a URL nor a file name."""
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9_.\-/:]{0,63}\Z")
_RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|(?<![A-Za-z0-9])(?=[A-Za-z]*[0-9])(?:[0-9a-fA-F]{16,}|(?:[A-Za-z]*[0-9]){3}[A-Za-z0-9]*(?<=[A-Za-z0-9]{16}))"
)
_ID = re.compile(
    r"(?:\d+|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|[0-9a-f]{16,}"
    r"|[a-z]{2,12}_(?=[A-Za-z]*[0-9])[A-Za-z0-9]{16,})\Z"
)


def is_word(text: str) -> bool:
    """Return True if the string looks like an identifier of the protocol, not like an id, hash or text."""
    return _WORD.match(text) is not None and _RANDOM.search(text) is None


def is_tag(text: str) -> bool:
    """Return True if the string can distinguish the variants of a union; unlike a word it may have capital letters."""
    return _TAG.match(text) is not None and _RANDOM.search(text) is None


def is_storable(text: str) -> bool:
    """Return True if the string can be stored in a schema file: it is short and has no lone surrogates."""
    return len(text) <= TEXT_LIMIT and has_no_surrogate(text)


def has_no_surrogate(text: str) -> bool:
    """Return True if the string has no lone surrogates, so that it can be encoded."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def is_free_key(name: str) -> bool:
    """Return True if a member's name is an id or cannot be stored, so that the object is a map."""
    return _ID.match(name) is not None or not is_storable(name)
