"""The form of a header or parameter value, which describes it if there are too many values to list."""

import re
from functools import lru_cache

from wirelore.model.routes import is_id

_FORMS = (
    ("integer", re.compile(r"-?\d{1,18}")),
    ("number", re.compile(r"-?\d+\.\d+")),
    ("boolean", re.compile(r"true|false", re.IGNORECASE)),
    ("uuid", re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")),
    ("date-time", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")),
    ("http-date", re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT")),
    ("uri", re.compile(r"https?://[^\s]+")),
    ("token", re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")),
)

MASKED = "masked"
"""The form of a value that another tool masked (`<KEY>`, `***`, `AGENT-XXX`)."""

_LONGEST = 120
_NEVER_LISTED = {"uuid", "date-time", "http-date", "id", "secret", MASKED}
_MASK = re.compile(
    r"<[^<>]*>|\[[A-Z _-]+\]|.*\*{3,}.*|(?:REDACTED|FILTERED|SCRUBBED|MASKED|DUMMY)|[A-Z0-9_-]+[_-]XXX+", re.DOTALL
)
_WORDS = re.compile(r"[a-z]+(?:[-_.](?:[a-z]+|\d{1,8}))*")
_SECRET = re.compile(r"\s*(?:Bearer|Basic|Digest)\s|sk-ant-|eyJ[A-Za-z0-9_-]{8}", re.IGNORECASE)


@lru_cache(maxsize=4096)
def form(value: str) -> str:
    """Return the form of a value.

    One of `integer`, `number`, `boolean`, `uuid`, `date-time` (RFC 3339), `http-date` (RFC 9110), `uri`, `id`,
    `secret`, `masked`, `token` and `text`.
    """
    if _MASK.fullmatch(value):
        return MASKED
    if _SECRET.match(value):
        return "secret"
    for name, pattern in _FORMS[:-1]:
        if pattern.fullmatch(value):
            return name
    if any(map(is_id, value.split("/"))) and not _WORDS.fullmatch(value):
        return "id"
    name, pattern = _FORMS[-1]
    return name if pattern.fullmatch(value) else "text"


def is_listable(form_name: str) -> bool:
    """Return True if values of this form can be listed; ids, times and credentials cannot."""
    return form_name not in _NEVER_LISTED


def is_showable(value: str) -> bool:
    """Return True if a value can be an example: not a credential, not masked, not free text, not long."""
    return 0 < len(value) <= _LONGEST and form(value) not in {"secret", MASKED, "text"}
