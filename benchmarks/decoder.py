"""Speed of decoding event streams, compared with httpx-sse: `python benchmarks/decoder.py [--events N]`."""

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import httpx_sse

sys.path.insert(0, str(Path(__file__).parents[1]))

from wirelore.model import sse

_PIECE = 1 << 16
_ROUNDS = 5
_WORDS = ["the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog", "and", "sleeps"]


def stream(events: int) -> bytes:
    """Return a stream of text deltas of one to four words; it depends only on the number of events."""
    choice = random.Random(events)
    blocks = []
    for _ in range(events):
        delta = {"type": "text_delta", "text": " ".join(choice.choices(_WORDS, k=choice.randint(1, 4)))}
        text = json.dumps({"type": "content_block_delta", "index": 0, "delta": delta}, separators=(",", ":"))
        blocks.append(f"event: content_block_delta\ndata: {text}\n\n".encode())
    return b"".join(blocks)


def _peer(pieces: list[bytes]) -> int:
    response = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=iter(pieces))
    return sum(1 for _ in httpx_sse.EventSource(response).iter_sse())


def _decoded(pieces: list[bytes]) -> int:
    return sum(1 for _ in sse.decode(pieces))


def _parsed(pieces: list[bytes]) -> int:
    return sum(1 for _, _, problem in sse.decode_json(pieces) if problem is None)


def _seconds(run: Callable[[list[bytes]], int], pieces: list[bytes], events: int) -> float:
    start = time.perf_counter()
    seen = run(pieces)
    taken = time.perf_counter() - start
    if seen != events:
        raise SystemExit(f"{run.__name__}: {seen} events, {events} were sent")
    return taken


def compare(events: int) -> None:
    """Print a table of three ways to read the same stream, with medians of interleaved rounds."""
    body = stream(events)
    pieces = [body[at : at + _PIECE] for at in range(0, len(body), _PIECE)]
    runs = {"httpx-sse decode": _peer, "wirelore decode": _decoded, "wirelore decode + JSON parse": _parsed}
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(_ROUNDS):
        for name, run in runs.items():
            taken[name].append(_seconds(run, pieces, events))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    print(f"{events:,} events, {len(body) / events:.0f} bytes each, pieces of {_PIECE:,} bytes, {_ROUNDS} rounds")
    print(f"{'':30}{'events/s':>12}{'x httpx-sse':>13}")
    for name, median in medians.items():
        print(f"{name:30}{events / median:>12,.0f}{medians['httpx-sse decode'] / median:>13.2f}")


def linearity(events: int) -> None:
    """Print how the time for reading byte by byte grows if the size of an event, or the number of events, doubles."""
    for name, body in (("many events", stream(2 * events)), ("one event", b"data: " + b"x" * 250 * events + b"\n\n")):
        end = len(body) // 2
        halves = [(_seconds_bytewise(body[:end]), _seconds_bytewise(body)) for _ in range(3)]
        ratio = statistics.median(whole / half for half, whole in halves)
        print(f"one byte at a time, {name}: twice the input takes {ratio:.2f} times as long")


def _seconds_bytewise(body: bytes) -> float:
    start = time.perf_counter()
    for _ in sse.decode(body[at : at + 1] for at in range(len(body))):
        pass
    return time.perf_counter() - start


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000, help="number of events in the stream")
    events: int = parser.parse_args().events
    compare(events)
    linearity(4_000)


if __name__ == "__main__":
    _main()
