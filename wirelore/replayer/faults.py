"""Faults that the replay server injects, and their syntax on the command line."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from wirelore.model import codec
from wirelore.model.packaged import SCHEMAS

_FORM = SCHEMAS / "error-responses.json"
_EXAMPLE = "expected [METHOD /PATH=]PART,PART..., for example 'POST /v1/messages=529*2,retry-after=1'"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault to inject. The members can be combined."""

    operation: str | None = None
    """`METHOD /path/{template}`, or None for all operations."""
    times: int = 1
    """The number of requests that get the fault."""
    status: int | None = None
    """Respond with this status and an error body instead of the recorded response."""
    error_type: str | None = None
    """The error's type; None: the type of the status."""
    retry_after: str | None = None
    """The value of the retry-after header (seconds or a date), sent with `status`."""
    cut_bytes: int | None = None
    """Close the connection after this number of bytes of the decoded body."""
    cut_events: int | None = None
    """Close the connection after this number of events."""
    error_after: int | None = None
    """Send an error event after this number of events, and end the stream."""
    delay: float = 0.0
    """Seconds to wait before the response."""


def fault(text: str) -> Fault:
    """Parse a fault as written on the command line. Raise ValueError.

    Parts are a status (`529`), `retry-after=SECONDS`, `type=ERROR_TYPE`, `cut-bytes=N`, `cut-events=N`,
    `error-after=N`, `delay=SECONDS`; `*N` at the end of a part is the number of requests that get the fault (default
    1).
    """
    match = re.fullmatch(r"(?:([A-Z]+ /[^=]*|\*)=)?(.+)", text.strip())
    if match is None:
        raise ValueError(f"fault {text!r}: {_EXAMPLE}")
    operation = match[1] if match[1] and match[1] != "*" else None
    parsed = Fault(operation)
    for part in match[2].split(","):
        parsed = _with_part(parsed, part.strip(), text)
    if parsed == Fault(operation, parsed.times):
        raise ValueError(f"fault {text!r}: a part that causes a fault is missing; {_EXAMPLE}")
    return parsed


def _with_part(parsed: Fault, part: str, text: str) -> Fault:
    part, star, times = part.partition("*")
    if star:
        if not times.isdecimal() or int(times) < 1:
            raise ValueError(f"fault {text!r}: '*{times}' is not a number of requests; {_EXAMPLE}")
        parsed = replace(parsed, times=int(times))
    if not part:
        return parsed
    if part.isdecimal():
        if not 400 <= int(part) <= 599:
            raise ValueError(f"fault {text!r}: {part} is not an error status from 400 to 599; {_EXAMPLE}")
        return replace(parsed, status=int(part))
    name, _, value = part.partition("=")
    if name == "cut-bytes" and value.isdecimal():
        return replace(parsed, cut_bytes=int(value))
    if name == "cut-events" and value.isdecimal():
        return replace(parsed, cut_events=int(value))
    if name == "error-after" and value.isdecimal():
        return replace(parsed, error_after=int(value))
    if name == "delay" and re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
        return replace(parsed, delay=float(value))
    if name == "retry-after" and value:
        return replace(parsed, retry_after=value)
    if name == "type" and value:
        return replace(parsed, error_type=value)
    raise ValueError(f"fault {text!r}: unknown part {part!r}; {_EXAMPLE}")


class Plan:
    """The faults that remain to be injected, in order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._faults = tuple(faults)
        self._remaining = [fault.times for fault in self._faults]

    def next(self, operation: str) -> Fault | None:
        """Return the fault for the next request of an operation, or None."""
        for number, fault in enumerate(self._faults):
            if self._remaining[number] > 0 and fault.operation in (None, operation):
                self._remaining[number] -= 1
                return fault
        return None


def error_type(status: int) -> str:
    """Return the error type of a status."""
    form = _form()
    return str(form["types"].get(str(status), form["other"]))


def error_body(kind: str, message: str) -> bytes:
    """Return the body of an error in the service's form."""
    error = _filled(_form()["form"], {"<type>": kind, "<message>": message})
    return json.dumps(error, ensure_ascii=False, separators=(",", ":")).encode()


def error_event(kind: str, message: str) -> bytes:
    """Return the bytes of an error event in a stream."""
    name: str = _form()["event"]
    return f"event: {name}\ndata: ".encode() + error_body(kind, message) + b"\n\n"


def error_content_type() -> str:
    """Return the content-type of an error."""
    return str(_form()["content_type"])


def _filled(value: Any, words: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(member, words) for name, member in value.items()}
    return words.get(value, value) if isinstance(value, str) else value


@cache
def _form() -> dict[str, Any]:
    form: dict[str, Any] = codec.loads(_FORM.read_bytes())
    return form
