"""Faults: what the stand-in does wrong on request, and how a fault is written on a command line."""

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
    """One thing that goes wrong; the members can be combined."""

    operation: str | None = None
    """`METHOD /path/{template}`, None for any."""
    times: int = 1
    """How many requests it befalls."""
    status: int | None = None
    """Answer with this status and the error form instead of the recorded answer."""
    error_type: str | None = None
    """The error's type; the one that goes with the status otherwise."""
    retry_after: str | None = None
    """The value of a retry-after header (seconds or a date), sent with `status`."""
    cut_bytes: int | None = None
    """Close the connection after so many bytes of the (decoded) body."""
    cut_events: int | None = None
    """Close the connection after so many events."""
    error_after: int | None = None
    """Send an error event after so many events and end the stream there."""
    delay: float = 0.0
    """Wait so many seconds before the answer."""


def fault(text: str) -> Fault:
    """A fault as written on a command line. Raises ValueError with what was expected.

    Parts: a status (`529`), `retry-after=SECONDS`, `type=ERROR_TYPE`, `cut-bytes=N`, `cut-events=N`, `error-after=N`,
    `delay=SECONDS`; `*N` at the end of a part says how many requests it befalls.
    """
    found = re.fullmatch(r"(?:([A-Z]+ /[^=]*|\*)=)?(.+)", text.strip())
    if found is None:
        raise ValueError(f"fault {text!r}: {_EXAMPLE}")
    operation = found[1] if found[1] and found[1] != "*" else None
    made = Fault(operation)
    for part in found[2].split(","):
        made = _with_part(made, part.strip(), text)
    if made == Fault(operation, made.times):
        raise ValueError(f"fault {text!r}: says nothing that goes wrong; {_EXAMPLE}")
    return made


def _with_part(made: Fault, part: str, text: str) -> Fault:
    part, star, times = part.partition("*")
    if star:
        if not times.isdecimal() or int(times) < 1:
            raise ValueError(f"fault {text!r}: '*{times}' is no number of requests; {_EXAMPLE}")
        made = replace(made, times=int(times))
    if not part:
        return made
    if part.isdecimal():
        if not 400 <= int(part) <= 599:
            raise ValueError(f"fault {text!r}: {part} is no error status, 400 to 599; {_EXAMPLE}")
        return replace(made, status=int(part))
    name, _, value = part.partition("=")
    if name == "cut-bytes" and value.isdecimal():
        return replace(made, cut_bytes=int(value))
    if name == "cut-events" and value.isdecimal():
        return replace(made, cut_events=int(value))
    if name == "error-after" and value.isdecimal():
        return replace(made, error_after=int(value))
    if name == "delay" and re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
        return replace(made, delay=float(value))
    if name == "retry-after" and value:
        return replace(made, retry_after=value)
    if name == "type" and value:
        return replace(made, error_type=value)
    raise ValueError(f"fault {text!r}: {part!r} is not understood; {_EXAMPLE}")


class Plan:
    """The faults that are still to come, in order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._faults = tuple(faults)
        self._left = [fault.times for fault in self._faults]

    def next(self, operation: str) -> Fault | None:
        """The fault that befalls the next request of an operation, None if none does."""
        for number, fault in enumerate(self._faults):
            if self._left[number] > 0 and fault.operation in (None, operation):
                self._left[number] -= 1
                return fault
        return None


def error_type(status: int) -> str:
    """The error type that goes with a status."""
    form = _form()
    return str(form["types"].get(str(status), form["other"]))


def error_body(kind: str, message: str) -> bytes:
    """An error in the service's form."""
    error = _filled(_form()["form"], {"<type>": kind, "<message>": message})
    return json.dumps(error, ensure_ascii=False, separators=(",", ":")).encode()


def error_event(kind: str, message: str) -> bytes:
    """An error event as it stands in a stream."""
    name: str = _form()["event"]
    return f"event: {name}\ndata: ".encode() + error_body(kind, message) + b"\n\n"


def error_content_type() -> str:
    """The content-type of an error."""
    return str(_form()["content_type"])


def _filled(value: Any, words: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(member, words) for name, member in value.items()}
    return words.get(value, value) if isinstance(value, str) else value


@cache
def _form() -> dict[str, Any]:
    form: dict[str, Any] = codec.loads(_FORM.read_bytes())
    return form
