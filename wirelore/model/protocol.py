"""Names of the protocol that code finds things by, after `protocol.json` and `error-responses.json` of `schemas`.

The names are data, with the claims that state them; no module spells one itself.
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
"""The packaged names."""
ERRORS = SCHEMAS / "error-responses.json"
"""The service's error form, with `<type>` and `<message>` where these stand."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """The names."""

    api_key: str
    """The header that an API key is sent in, in lower case."""
    flags_header: str
    """The header that beta flags are sent in, in lower case."""
    flag_separator: str
    model_member: str
    """The member of a body that names a model."""
    model_name: re.Pattern[str]
    """Matches the whole of a public model name."""
    rate_limit_prefix: str
    """What the names of the headers of rate limits begin with, in lower case."""
    error_event: str
    """The event of a stream that reports an error."""
    error_type_path: tuple[str, ...]
    error_message_path: tuple[str, ...]

    def error_type(self, body: Any) -> str | None:
        """The type of the error that a body reports; None if it is not in the service's form."""
        return text_at(body, self.error_type_path)

    def error_message(self, body: Any) -> str | None:
        """The message of the error that a body reports; None if it is not in the service's form."""
        return text_at(body, self.error_message_path)


@cache
def protocol() -> Protocol:
    """The packaged names, read once."""
    return load()


def load(names: Path = PACKAGED, errors: Path = ERRORS) -> Protocol:
    """The names of two files shaped like the packaged ones. Raises KeyError or ValueError for others."""
    stated, reported = codec.loads(names.read_bytes()), codec.loads(errors.read_bytes())
    places = {text: path for path, text in _texts(reported["form"], ())}
    return Protocol(
        api_key=stated["api_key"]["header"],
        flags_header=stated["beta_flags"]["header"],
        flag_separator=stated["beta_flags"]["separator"],
        model_member=stated["models"]["member"],
        model_name=re.compile(stated["models"]["name"]),
        rate_limit_prefix=stated["rate_limits"]["prefix"],
        error_event=reported["event"],
        error_type_path=places["<type>"],
        error_message_path=places["<message>"],
    )


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _texts(member, (*path, name))
    elif isinstance(value, str):
        yield path, value
