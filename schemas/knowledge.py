"""Knowledge: the learner's algebra and its limits, for those who read schemas or explain them.

What is known of a place is read from a schema, joined with what is known of another, and written as a schema again.
"""

from schemas._forms import form_of
from schemas._node import Node as Known
from schemas._node import join
from schemas._read import from_schema
from schemas._render import to_schema
from schemas._words import (
    LIST_LIMIT,
    MEMBER_LIMIT,
    SEEN_LIMIT,
    SPARSE_LIMIT,
    TAG_LIMIT,
    TYPE_NAMES,
    is_free_key,
    is_tag,
    is_word,
)

__all__ = [
    "LIST_LIMIT",
    "MEMBER_LIMIT",
    "SEEN_LIMIT",
    "SPARSE_LIMIT",
    "TAG_LIMIT",
    "TYPE_NAMES",
    "Known",
    "form_of",
    "from_schema",
    "is_free_key",
    "is_tag",
    "is_word",
    "join",
    "to_schema",
]
