"""The names in the protocol that the code depends on, from `protocol.json` and `error-responses.json` of `schemas`.

The names are data, with the claims that document them; no module contains any of them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from wirelore.model import codec
from wirelore.model.json_pointer import text_at
from wirelore.model.packaged import SCHEMAS

PACKAGED = SCHEMAS / "protocol.json"
"""The file of the packaged names."""
ERRORS = SCHEMAS / "error-responses.json"
"""The file of the service's error form, with `<type>` and `<message>` as placeholders."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """The names of the protocol."""

    api_key: str
    """The header for an API key, in lower case."""
    flags_header: str
    """The header for beta flags, in lower case."""
    flag_separator: str
    model_member: str
    """The member of a body that contains the name of the model."""
    model_name: re.Pattern[str]
    """A regex that matches complete public model names."""
    rate_limit_prefix: str
    """The prefix of rate limit headers, in lower case."""
    error_event: str
    """The event of a stream that reports an error."""
    error_type_path: tuple[str, ...]
    error_message_path: tuple[str, ...]

    def error_type(self, body: Any) -> str | None:
        """Return the error type in a body, or None if the body is not in the service's form."""
        return text_at(body, self.error_type_path)

    def error_message(self, body: Any) -> str | None:
        """Return the error message in a body, or None if the body is not in the service's form."""
        return text_at(body, self.error_message_path)


@cache
def protocol() -> Protocol:
    """Return the packaged names, read once."""
    return load()


def load(names: Path = PACKAGED, errors: Path = ERRORS) -> Protocol:
    """Read the names from files in the form of the packaged ones. Raises KeyError or ValueError for other forms."""
    names_document, errors_document = codec.loads(names.read_bytes()), codec.loads(errors.read_bytes())
    paths = {text: path for path, text in _texts(errors_document["form"], ())}
    return Protocol(
        api_key=names_document["api_key"]["header"],
        flags_header=names_document["beta_flags"]["header"],
        flag_separator=names_document["beta_flags"]["separator"],
        model_member=names_document["models"]["member"],
        model_name=re.compile(names_document["models"]["name"]),
        rate_limit_prefix=names_document["rate_limits"]["prefix"],
        error_event=errors_document["event"],
        error_type_path=paths["<type>"],
        error_message_path=paths["<message>"],
    )


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _texts(member, (*path, name))
    elif isinstance(value, str):
        yield path, value
