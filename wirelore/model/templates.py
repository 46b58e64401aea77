"""Path templates: recognition of ids in paths, names for the parameters that replace them, and their values.

Only the shapes of the id and of the word before it are used, no names of a service:

- A parameter is named after the word before it, its collection: `/v1/files/file_011CdTdZVCFsK7adq7aaf4ie` is
  `/v1/files/{file_id}`, `/organizations/<uuid>` is `/organizations/{organization_id}`. A word has at least three
  letters, and only letters, `-` and `_`, so `v1` is not one.
- An id with a prefix identifies its own kind. If that differs from its collection, the prefix gives the name:
  `/members/user_01…` is `/members/{user_id}`. The prefix must be pronounceable, with four letters including a vowel. If
  it only abbreviates or extends the collection's name (`msg_` under `messages`, `msgbatch_` under `batches`: the
  letters of one occur in the other in order), the collection's name is used because it is more readable.
- Without either, the name is `{id}`. A name that the template already has gets a number: `{file_id}`, `{file_id_2}`.

So the name depends on the kind of the id, never on the id itself. A collection with several kinds of ids (`user_…` and
UUIDs) may have a template for each.
"""

import re
from collections import Counter
from collections.abc import Collection
from functools import lru_cache

_VOWELS = re.compile("[aeiouy]")
_ID = re.compile(
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|[0-9a-fA-F]{16,}"
    r"|[0-9]+"
    r"|(?P<prefix>[a-z]+)_(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{12,}"
    r"|(?=[^/]*[0-9])(?=[^/]*[A-Za-z])[A-Za-z0-9_-]{20,}"
)
"""A UUID, hexadecimal digits, a number, a prefix with random letters, or a long mixture of letters and digits."""
_WORD = re.compile(r"(?=(?:[_-]*[A-Za-z]){3})[A-Za-z_-]{1,64}")
_SINGULAR = (
    (re.compile(r"(?<=..)ies\Z"), "y"),
    (re.compile(r"(?<=[^aeiou]ch)es\Z|(?<=sh|ss|zz)es\Z|(?<=x)es\Z"), ""),
    (re.compile(r"(?<![sui])s\Z"), ""),
)
"""Rules for English plurals, of which the first match applies: policies, batches, files; `status`, `access` and
`analysis` are unchanged.
"""


def is_id(segment: str) -> bool:
    """Return True if a segment of a path looks like an id, not like the name of a resource."""
    return _ID.fullmatch(segment) is not None


def guessed_template(path: str) -> str:
    """Return the path with a parameter for each segment that looks like an id, `/v1/files/{file_id}`."""
    template: list[str] = []
    used_names: set[str] = set()
    counts: Counter[str] = Counter()
    word = ""
    for segment in path.split("/"):
        match = _ID.fullmatch(segment)
        if match:
            name = _name(match["prefix"] or "", _collection(word))
            template.append("{" + _unused(name, used_names, counts) + "}")
        else:
            template.append(segment)
        used_names.add(template[-1])
        word = "" if match else segment
    return "/".join(template)


def path_values(template: str, path: str) -> dict[str, str]:
    """Return the values of a template's parameters in a path, as sent; empty if the path does not match."""
    match = pattern_of(template).fullmatch(path)
    return dict(zip(_parameters(template), match.groups(), strict=True)) if match else {}


@lru_cache(maxsize=1024)
def pattern_of(template: str) -> re.Pattern[str]:
    """Return an expression for the paths of a template, with a group per parameter that matches part of one segment."""
    return re.compile("([^/]+)".join(re.escape(part) for part in re.split(r"\{[^{}]*\}", template)))


def _parameters(template: str) -> list[str]:
    return re.findall(r"\{([^{}]*)\}", template)


def _name(prefix: str, collection: str) -> str:
    is_word = len(prefix) >= 4 and _VOWELS.search(prefix) is not None
    if not collection:
        return f"{prefix}_id" if is_word else "id"
    letters = collection.replace("_", "")
    prefix_differs = is_word and not _abbreviates(prefix, letters) and not _abbreviates(letters, prefix)
    return f"{prefix if prefix_differs else collection}_id"


def _abbreviates(short: str, long: str) -> bool:
    """Return True if the letters of one word occur in the other in order."""
    rest = iter(long)
    return all(letter in rest for letter in short)


def _collection(segment: str) -> str:
    """Return the singular of a segment in snake case: `toolUses` becomes `tool_use`. Empty if it is not a word."""
    if not _WORD.fullmatch(segment):
        return ""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", segment).replace("-", "_").strip("_").lower()
    for plural, ending in _SINGULAR:
        if plural.search(words):
            return plural.sub(ending, words)
    return words


def _unused(name: str, used_names: Collection[str], counts: Counter[str]) -> str:
    """Append the next number that makes the name unique; `counts` has the last number of each name."""
    while True:
        counts[name] += 1
        numbered = name if counts[name] == 1 else f"{name}_{counts[name]}"
        if "{" + numbered + "}" not in used_names:
            return numbered
