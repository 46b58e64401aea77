"""The recorder process: reads frames from standard input, redacts them and writes the capture.

`python -P -m wirelore.recorder.process FOLDER` prints one JSON line when it is ready (`{"ready": FOLDER}`, or
`{"error": REASON}` with exit code 2) and one when the capture is closed (`{"closed": ACCOUNT}`). With `--status FD` it
writes one JSON line per ended exchange to that descriptor, for the display of `wirelore record`.

It ignores SIGINT, which a terminal sends to all processes of a group. It ends when its input ends.
"""

import argparse
import contextlib
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from wirelore.model import codec
from wirelore.model.exchange import End
from wirelore.recorder import handover
from wirelore.recorder.handover import Frame
from wirelore.redaction import keys
from wirelore.redaction.machine_names import machine_names
from wirelore.redaction.redactor import Redactor
from wirelore.store.completeness import name_among
from wirelore.store.writer import CaptureWriter, ExchangeWriter

_BLOCK = 1 << 20
_SHOWN = ("method", "host", "path", "status")
"""The members of the index line that the status reports: redacted, and without the query."""
_SETTLE_S, _SETTLE_SHARE = 1.0, 10
"""The interval between flushes to disk in seconds, and the divisor for their maximum share of time."""
_GRACE_S = 1.0
"""Seconds for which input is still read after SIGTERM, so that frames already sent are recorded."""


class Recorder:
    """A writer of frames to a capture; an exchange that cannot be written does not affect the others."""

    def __init__(self, writer: CaptureWriter, status: int | None = None) -> None:
        self.writer = writer
        self._status = status
        self._open: dict[int, ExchangeWriter] = {}
        self._last_us: dict[int, int] = {}
        self._close_received = False
        self._notes: dict[str, Any] = {}

    def apply(self, frame: Frame) -> None:
        """Apply one frame."""
        if frame.kind == handover.COUNT:
            self._count(handover.members(frame.payload))
        elif frame.kind == handover.CLOSE:
            self._close_received = True
        elif frame.kind == handover.BEGIN or frame.exchange in self._open:
            try:
                self._exchange(frame)
            except Exception as fault:  # a fault of one exchange must not stop the others
                self._record_failure(frame.exchange, frame.us, fault)

    def settle(self) -> None:
        """Flush earlier frames to disk, in case the process is killed before `finish`."""
        for entry in self._open.values():
            try:
                entry.settle()
            except Exception:  # probably no space; the exchange continues, and its end reports a lasting fault
                self.writer.completeness["not_settled"] += 1
        self.writer.notes.update(self._notes)
        self.writer.settle()

    def finish(self, truncated: bool = False) -> dict[str, Any]:
        """End the open exchanges as `shutdown`, close the manifest and return the account of the capture.

        `truncated` means that the input ended within a frame.
        """
        for number, entry in sorted(self._open.items()):
            try:
                self._end(number, entry, End("shutdown", self._last_us[number], "the recorder stopped"))
            except Exception as fault:  # a fault of one exchange must not stop the others
                self._record_failure(number, self._last_us.get(number, 0), fault)
        if truncated or not self._close_received:
            self.writer.completeness["proxy_lost"] += 1
        self.writer.notes.update(self._notes)
        try:
            self.writer.close()
        except OSError:
            self._report({"unclosed": account(self.writer)})
            raise
        return account(self.writer)

    def _exchange(self, frame: Frame) -> None:
        kind, number, us, payload = frame
        if kind == handover.BEGIN:
            started_us, request, connection = handover.request(payload)
            self._open[number] = self.writer.begin(started_us, request, connection=connection)
            self._last_us[number] = us
            return
        entry, latest = self._open[number], self._last_us[number]
        if us < latest:
            self._note_clock_set_back(entry, latest - us)
            us = latest
        self._last_us[number] = us
        if kind == handover.REQUEST_BODY:
            entry.request_chunk(us, payload)
        elif kind == handover.RESPONSE_BODY:
            entry.response_chunk(us, payload)
        elif kind == handover.RESPONSE_HEAD:
            entry.response_head(handover.response(payload), us)
        elif kind == handover.REQUEST_TRAILERS:
            entry.trailers("request", handover.headers(payload))
        elif kind == handover.RESPONSE_TRAILERS:
            entry.trailers("response", handover.headers(payload))
        elif kind == handover.NOTE:
            entry.notes.update(handover.members(payload))
        elif kind == handover.END:
            self._end(number, entry, handover.end(us, payload))

    def _end(self, number: int, entry: ExchangeWriter, end: End) -> None:
        name = entry.end(end)
        self._open.pop(number, None)
        self._last_us.pop(number, None)
        reported = {member: self.writer.latest[member] for member in _SHOWN}
        self._report({"ended": name, "cause": end.cause, "us": end.us, **reported})

    def _note_clock_set_back(self, entry: ExchangeWriter, us: int) -> None:
        """Record that the clock was set back. Later times start from the latest one."""
        if "clock_set_back_us" not in entry.notes:
            self.writer.completeness["clock_set_back"] += 1
        entry.notes["clock_set_back_us"] = max(us, entry.notes.get("clock_set_back_us", 0))

    def _record_failure(self, number: int, us: int, fault: Exception) -> None:
        """Count an exchange that could not be written and end it with the data that was written."""
        self.writer.completeness["failed_to_write"] += 1
        reason = f"{type(fault).__name__}: {getattr(fault, 'strerror', None) or 'cannot be written'}"
        print(f"recorder: exchange {number} not recorded: {reason}", file=sys.stderr)
        entry = self._open.pop(number, None)
        latest = self._last_us.pop(number, 0)
        if entry is not None:
            try:
                entry.end(End("not-recorded", max(us, latest), reason))
            except Exception:  # counted above; nothing can be written
                entry.drop()
        self._report({"failed": number})

    def _count(self, members: dict[str, Any]) -> None:
        self.writer.completeness.update(members.pop("completeness", {}))
        _add(self._notes, members)

    def _report(self, line: Mapping[str, Any]) -> None:
        if self._status is None:
            return
        try:
            os.write(self._status, codec.line(line) + b"\n")
        except OSError as fault:
            print(f"recorder: status descriptor closed ({fault.strerror})", file=sys.stderr)
            self._status = None


def account(writer: CaptureWriter) -> dict[str, Any]:
    """Return the account of a closed capture: its folder and the counts of its manifest."""
    return {
        "folder": str(writer.folder),
        "categories": dict(sorted(writer.categories.items())),
        "ends": dict(sorted(writer.causes.items())),
        "completeness": dict(sorted(writer.completeness.items())),
        "redacted": dict(sorted(writer.redactions.items())),
    }


def _add(total: dict[str, Any], counts: Mapping[str, Any]) -> None:
    """Add counts by name. Surplus names, of which a client could send any number, are counted as one."""
    for name, value in counts.items():
        key = name_among(name, total)
        if isinstance(value, dict):
            _add(total.setdefault(key, {}), value)
        elif isinstance(value, int):
            total[key] = total.get(key, 0) + value
        else:
            total[key] = value


def _blocks(descriptor: int, stopped: list[float]) -> Iterator[bytes]:
    """Yield blocks of input until it ends or the grace period after SIGTERM has passed; empty blocks while idle."""
    while not stopped or time.monotonic() < stopped[0] + _GRACE_S:
        if not select.select([descriptor], [], [], _SETTLE_S / 4)[0]:
            yield b""
            continue
        block = os.read(descriptor, _BLOCK)
        if not block:
            return
        yield block


def _create_recorder(arguments: argparse.Namespace) -> Recorder:
    key = keys.select(arguments.key, once=arguments.once)
    writer = CaptureWriter(
        arguments.folder,
        Redactor(key.secret, words=machine_names()),
        tool=codec.loads(arguments.tool),
        options=codec.loads(arguments.options),
        key_id=key.id,
    )
    return Recorder(writer, arguments.status)


def main(argv: Sequence[str] | None = None) -> int:
    """Record until the input ends. Return 2 if the capture could not be created or closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stopped: list[float] = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(time.monotonic()))
    parser = argparse.ArgumentParser(
        prog="wirelore.recorder.process", description="Write a capture from the frames on standard input."
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--status", type=int, help="file descriptor for one JSON line per ended exchange")
    key_group = parser.add_mutually_exclusive_group()
    key_group.add_argument("--key", type=Path, help="file of the key for pseudonyms")
    key_group.add_argument("--once", action="store_true", help="use a new key that is not saved")
    parser.add_argument("--tool", default="{}", help="JSON object: the recording software and its versions")
    parser.add_argument("--options", default="{}", help="JSON object: the options of the recording")
    arguments = parser.parse_args(argv)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536) if hard > 0 else 65536, hard))
    try:
        recorder = _create_recorder(arguments)
    except (OSError, ValueError) as fault:
        _print_line({"error": str(fault)})
        return 2
    _print_line({"ready": str(arguments.folder)})
    reader = handover.Reader()
    next_flush = time.monotonic() + _SETTLE_S
    for block in _blocks(sys.stdin.fileno(), stopped):
        for frame in reader.feed(block):
            recorder.apply(frame)
        if (now := time.monotonic()) >= next_flush:
            recorder.settle()
            ended = time.monotonic()
            next_flush = ended + max(_SETTLE_S, _SETTLE_SHARE * (ended - now))
    try:
        closed = recorder.finish(reader.truncated)
    except OSError as fault:
        _print_line({"error": f"{arguments.folder}: cannot write the manifest: {fault}"})
        return 2
    _print_line({"closed": closed})
    return 0


def _print_line(line: Mapping[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):  # the proxy may be gone; the manifest has the same information
        print(codec.line(line).decode(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
