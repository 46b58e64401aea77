"""Path templates: which segments of a path are ids, what a parameter in their place is called, and what it held.

Only shapes are looked at, of the id and of the word before it; no name of a service's is known here:

- A parameter is called after the word before it, its collection: `/v1/files/file_011CdTdZVCFsK7adq7aaf4ie` is
  `/v1/files/{file_id}`, `/organizations/<uuid>` is `/organizations/{organization_id}`. A word has three letters at
  least, and nothing but letters, `-` and `_`: so `v1` is none.
- An id with a prefix says itself what it is. Where that is something else than its collection, the prefix gives the
  name: `/members/user_01…` is `/members/{user_id}`. It has to be pronounceable for that, with four letters of which one
  is a vowel; and where it only abbreviates the collection's name or adds to it (`msg_` under `messages`, `msgbatch_`
  under `batches`: the letters of one occur in the other in order), the collection's name is taken, which is for people.
- Without either it is `{id}`. A name that the template already has gets a number: `{file_id}`, `{file_id_2}`.

So the name depends on the kind of the id, never on which id it is. A collection whose ids are of several kinds
(`user_…` and UUIDs) may have a template for each.
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
"""English plurals, the first that fits: policies, batches, files; `status`, `access` and `analysis` stay."""


def is_id(segment: str) -> bool:
    """Whether a segment of a path looks like an id: it tells one thing of many, and not what is asked for."""
    return _ID.fullmatch(segment) is not None


def guessed_template(path: str) -> str:
    """The path with a parameter in place of every segment that looks like an id, `/v1/files/{file_id}`."""
    template: list[str] = []
    taken: set[str] = set()
    counts: Counter[str] = Counter()
    word = ""
    for segment in path.split("/"):
        found = _ID.fullmatch(segment)
        if found:
            name = _name(found["prefix"] or "", _collection(word))
            template.append("{" + _unused(name, taken, counts) + "}")
        else:
            template.append(segment)
        taken.add(template[-1])
        word = "" if found else segment
    return "/".join(template)


def path_values(template: str, path: str) -> dict[str, str]:
    """What stood in a path in place of each parameter of its template, as sent; empty if the path has another form."""
    found = pattern_of(template).fullmatch(path)
    return dict(zip(_parameters(template), found.groups(), strict=True)) if found else {}


@lru_cache(maxsize=1024)
def pattern_of(template: str) -> re.Pattern[str]:
    """The paths that fit a template, with a group for each parameter: at least a character, no more than a segment."""
    return re.compile("([^/]+)".join(re.escape(part) for part in re.split(r"\{[^{}]*\}", template)))


def _parameters(template: str) -> list[str]:
    return re.findall(r"\{([^{}]*)\}", template)


def _name(prefix: str, collection: str) -> str:
    is_word = len(prefix) >= 4 and _VOWELS.search(prefix) is not None
    if not collection:
        return f"{prefix}_id" if is_word else "id"
    letters = collection.replace("_", "")
    says_more = is_word and not _abbreviates(prefix, letters) and not _abbreviates(letters, prefix)
    return f"{prefix if says_more else collection}_id"


def _abbreviates(short: str, long: str) -> bool:
    """Whether the letters of one word occur in the other in order."""
    rest = iter(long)
    return all(letter in rest for letter in short)


def _collection(segment: str) -> str:
    """One of the things that a segment names, in snake case: `toolUses` holds a `tool_use`. Empty if it is no word."""
    if not _WORD.fullmatch(segment):
        return ""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", segment).replace("-", "_").strip("_").lower()
    for plural, ending in _SINGULAR:
        if plural.search(words):
            return plural.sub(ending, words)
    return words


def _unused(name: str, taken: Collection[str], counts: Counter[str]) -> str:
    """The name with the next number that makes it new; `counts` says how far each name was counted."""
    while True:
        counts[name] += 1
        numbered = name if counts[name] == 1 else f"{name}_{counts[name]}"
        if "{" + numbered + "}" not in taken:
            return numbered
