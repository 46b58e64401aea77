"""The limits of learning: which strings name something in a protocol, and how much is kept of what is seen."""

import re

LIST_LIMIT = 16
"""Values of one string that are listed before the list is given up (`x-limit` overrides it)."""
TAG_LIMIT = 40
"""Variants of one tagged union before it is merged into one object."""
MEMBER_LIMIT = 40
"""Undeclared members of one object before it is a map."""
SPARSE_LIMIT = 16
"""Undeclared members of one object, none of them in every sample, before it is a map."""
SEEN_LIMIT = 10
"""Distinct observations in which a client must have shown an object before what they all had is taken for a rule. Until
then its schema lists them (`x-seen`), and a member that is missing is a warning, no error. So many distinct strings
must have a form before the form is a pattern."""
SPEAKER_LIMIT = 2
"""Clients that must have been answered before what the service's answers always had is taken for a rule."""
CLIENT_LIMIT = 8
"""Clients whose members are kept apart; what more than these always had is stated of everyone."""
DEPTH_LIMIT = 32
"""Levels below the root that are looked into. With tagged unions a level of a value is five levels of its schema;
jsonschema-rs reads a schema of 255 levels at most."""
ATOM_LIMIT = 2000
"""Characters of canonical JSON that a value listed whole (`x-atomic`) may have."""
TEXT_LIMIT = 200
"""Characters of a string that a closed list may hold, and of a member's name."""

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
"""What JSON Schema calls the types of JSON values."""

_WORD = re.compile(r"(?!.*(?:://|//|\.[a-z][a-z0-9]{1,3}\Z))[a-z][a-z0-9_.\-/:]{0,63}\Z")
"""No URL and no file name."""
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
    """Whether the string looks like a value that a protocol defines: an identifier, no id, hash or text."""
    return _WORD.match(text) is not None and _RANDOM.search(text) is None


def is_tag(text: str) -> bool:
    """Whether the string may tell the variants of a union apart; unlike a word it may have capital letters."""
    return _TAG.match(text) is not None and _RANDOM.search(text) is None


def is_storable(text: str) -> bool:
    """Whether the string can stand in a schema file: not long, and no lone surrogates."""
    return len(text) <= TEXT_LIMIT and has_no_surrogate(text)


def has_no_surrogate(text: str) -> bool:
    """Whether the string is Unicode text, which a file can hold."""
    return text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)


def is_free_key(name: str) -> bool:
    """Whether a member's name is plainly an id, or nothing that a file can hold: then the object is a map."""
    return _ID.match(name) is not None or not is_storable(name)
