"""Knowledge: the learner's algebra and limits, for rooms that read or explain schemas.

The knowledge of a place is read from a schema, joined with other knowledge, and written as a schema again.
"""

from wirelore.learning.node import Node as Known
from wirelore.learning.node import join
from wirelore.learning.schema_reader import from_schema
from wirelore.learning.schema_writer import to_schema
from wirelore.learning.string_forms import form_of
from wirelore.schema.limits import (
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
