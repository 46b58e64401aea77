"""The recorder process: it reads the hand-over from its standard input, redacts, and writes the capture.

`python -P -m wirelore.recorder.process FOLDER`. It prints one JSON line when it is ready (`{"ready": FOLDER}`, or
`{"error": REASON}` and exit code 2) and one when the capture is closed (`{"closed": ACCOUNT}`). With `--status FD`
each exchange that ended is told there as a JSON line: that is what `wirelore record` shows.
It ignores SIGINT, which a terminal sends to everybody: it ends when its input does, and finishes what it has then.
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
"""What the status tells of an ended exchange, as its index line has it: redacted, and without the query."""
_SETTLE_S, _SETTLE_SHARE = 1.0, 10
"""How often what came is brought to the disk, should the recorder be killed, and what part of all time that may take
at most (one of so many)."""
_GRACE_S = 1.0
"""How long the input may still run after SIGTERM, so that what the proxy has sent already is kept."""


class Recorder:
    """Drives a store.Writer from frames; one exchange that cannot be written does not touch the others."""

    def __init__(self, writer: CaptureWriter, status: int | None = None) -> None:
        self.writer = writer
        self._status = status
        self._open: dict[int, ExchangeWriter] = {}
        self._last_us: dict[int, int] = {}
        self._goodbye = False
        self._notes: dict[str, Any] = {}

    def take(self, frame: Frame) -> None:
        """Does what one frame says."""
        if frame.kind == handover.COUNT:
            self._count(handover.members(frame.payload))
        elif frame.kind == handover.CLOSE:
            self._goodbye = True
        elif frame.kind == handover.BEGIN or frame.exchange in self._open:
            try:
                self._exchange(frame)
            except Exception as fault:  # whatever one exchange does to us, the others are recorded
                self._failed(frame.exchange, frame.us, fault)

    def settle(self) -> None:
        """Brings to the disk what came a while ago, for the case that there is no `finish`."""
        for entry in self._open.values():
            try:
                entry.settle()
            except (
                Exception
            ):  # no room now, most likely; the exchange goes on, and its end says if it cannot be written
                self.writer.completeness["not_settled"] += 1
        self.writer.notes.update(self._notes)
        self.writer.settle()

    def finish(self, cut: bool = False) -> dict[str, Any]:
        """Ends what is under way as `shutdown`, closes the manifest and returns the account of the capture."""
        for number, entry in sorted(self._open.items()):
            try:
                self._end(number, entry, End("shutdown", self._last_us[number], "the recorder stopped"))
            except Exception as fault:  # as above
                self._failed(number, self._last_us.get(number, 0), fault)
        if cut or not self._goodbye:
            self.writer.completeness["proxy_lost"] += 1
        self.writer.notes.update(self._notes)
        try:
            self.writer.close()
        except OSError:
            self._tell({"unclosed": account(self.writer)})
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
            self._went_back(entry, latest - us)
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
        shown = {each: self.writer.latest[each] for each in _SHOWN}
        self._tell({"ended": name, "cause": end.cause, "us": end.us, **shown})

    def _went_back(self, entry: ExchangeWriter, us: int) -> None:
        """Notes that the clock was set back: times go on from the latest."""
        if "clock_set_back_us" not in entry.notes:
            self.writer.completeness["clock_set_back"] += 1
        entry.notes["clock_set_back_us"] = max(us, entry.notes.get("clock_set_back_us", 0))

    def _failed(self, number: int, us: int, fault: Exception) -> None:
        """Counts an exchange that could not be written, and keeps of it what can be kept."""
        self.writer.completeness["failed_to_write"] += 1
        reason = f"{type(fault).__name__}: {getattr(fault, 'strerror', None) or 'cannot be written'}"
        print(f"recorder: exchange {number} not recorded: {reason}", file=sys.stderr)
        entry = self._open.pop(number, None)
        latest = self._last_us.pop(number, 0)
        if entry is not None:
            try:
                entry.end(End("not-recorded", max(us, latest), reason))
            except Exception:  # counted above; there is no writing at all
                entry.drop()
        self._tell({"failed": number})

    def _count(self, members: dict[str, Any]) -> None:
        self.writer.completeness.update(members.pop("completeness", {}))
        _add(self._notes, members)

    def _tell(self, line: Mapping[str, Any]) -> None:
        if self._status is None:
            return
        try:
            os.write(self._status, codec.line(line) + b"\n")
        except OSError as fault:
            print(f"recorder: nobody reads the status any more ({fault.strerror})", file=sys.stderr)
            self._status = None


def account(writer: CaptureWriter) -> dict[str, Any]:
    """What a closed capture holds, for the one who shows it."""
    return {
        "folder": str(writer.folder),
        "categories": dict(sorted(writer.categories.items())),
        "ends": dict(sorted(writer.causes.items())),
        "completeness": dict(sorted(writer.completeness.items())),
        "redacted": dict(sorted(writer.redactions.items())),
    }


def _add(total: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Adds up counts by name; names beyond so many, which a client may make up without end, count as one."""
    for name, value in more.items():
        key = name_among(name, total)
        if isinstance(value, dict):
            _add(total.setdefault(key, {}), value)
        elif isinstance(value, int):
            total[key] = total.get(key, 0) + value
        else:
            total[key] = value


def _blocks(descriptor: int, stopped: list[float]) -> Iterator[bytes]:
    """The input until it ends, or until some time after SIGTERM; now and then an empty one while nothing comes."""
    while not stopped or time.monotonic() < stopped[0] + _GRACE_S:
        if not select.select([descriptor], [], [], _SETTLE_S / 4)[0]:
            yield b""
            continue
        block = os.read(descriptor, _BLOCK)
        if not block:
            return
        yield block


def _started(arguments: argparse.Namespace) -> Recorder:
    key = keys.chosen(arguments.key, once=arguments.once)
    writer = CaptureWriter(
        arguments.folder,
        Redactor(key.secret, words=machine_names()),
        tool=codec.loads(arguments.tool),
        options=codec.loads(arguments.options),
        key_id=key.id,
    )
    return Recorder(writer, arguments.status)


def main(argv: Sequence[str] | None = None) -> int:
    """Records until the input ends. Returns 2 if the capture could not be begun or closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stopped: list[float] = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(time.monotonic()))
    parser = argparse.ArgumentParser(
        prog="wirelore.recorder.process", description="Writes a capture from the hand-over."
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--status", type=int, help="descriptor for one JSON line per ended exchange")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--key", type=Path, help="file of the pseudonyms' key")
    chosen.add_argument("--once", action="store_true", help="a key for this capture alone, kept nowhere")
    parser.add_argument("--tool", default="{}", help="JSON: what records")
    parser.add_argument("--options", default="{}", help="JSON: with what options")
    arguments = parser.parse_args(argv)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536) if hard > 0 else 65536, hard))
    try:
        recorder = _started(arguments)
    except (OSError, ValueError) as fault:
        _say({"error": str(fault)})
        return 2
    _say({"ready": str(arguments.folder)})
    reader = handover.Reader()
    due = time.monotonic() + _SETTLE_S
    for block in _blocks(sys.stdin.fileno(), stopped):
        for frame in reader.feed(block):
            recorder.take(frame)
        if (now := time.monotonic()) >= due:
            recorder.settle()
            ended = time.monotonic()
            due = ended + max(_SETTLE_S, _SETTLE_SHARE * (ended - now))
    try:
        closed = recorder.finish(reader.cut)
    except OSError as fault:
        _say({"error": f"{arguments.folder}: the manifest could not be written: {fault}"})
        return 2
    _say({"closed": closed})
    return 0


def _say(line: Mapping[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):  # the proxy may be gone; the manifest says the same
        print(codec.line(line).decode(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
