"""Speed of redaction: MB/s for bodies of 500 kB, without and with secrets, and for adversarial ones."""

import base64
import json
import time
from collections.abc import Callable

from wirelore.redaction.redactor import Redactor

SIZE = 500_000
_TURN = {
    "role": "user",
    "content": [{"type": "text", "text": 'def area(radius):\n    return 3.14 * radius ** 2  # "text" with é\n' * 20}],
}
_EVENT = {"prompt_id": "0f0f0f0f-1111-4222-8333-444444444444", **{f"measured_{n}": n for n in range(20)}}
_HOSTILE: dict[str, bytes] = {
    "hostile: ids joined by dashes": b"0f0f0f0f-1111-4222-8333-444444444444-",
    "hostile: JWT beginnings": b"eyJ0f0f0f0f-1111-4222-8333-444444444444-",
    "hostile: beginnings of base64": b"eyJhIjoi",
    "hostile: keys without an end": b'"code":"\\"state\\": \\\\\\"',
    "hostile: backslashes": b"\\\\\\\\\\\\\\",
    "hostile: one run of letters": b"a",
    "hostile: names of objects": b'"account":{"name":"',
}


def bodies() -> dict[str, bytes]:
    """Return the measured bodies by name; each run repeats the previous one, as in a conversation."""
    turns = [_TURN] * (SIZE // len(json.dumps(_TURN)))
    clean = json.dumps({"model": "claude", "messages": turns, "tools": [{"name": f"tool{n}"} for n in range(40)]})
    session = {"user_id": "user_" + "0f" * 32 + "_account__session_0f0f0f0f-1111-4222-8333-444444444444"}
    secret = {
        "text": "token sk-ant-api03-" + "Ab1_" * 22 + " of ada@example.org in /home/ada/work",
        "metadata": session,
    }
    mixed = json.dumps({"messages": [turn for item in turns for turn in (item, secret)]})
    few = json.dumps({"messages": turns, "metadata": session})
    telemetry = [{"event": "e", "additional_metadata": base64.b64encode(json.dumps(_EVENT).encode()).decode()}] * 700
    deltas = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": f"word{n} "}}
        for n in range(4000)
    ]
    stream = "".join(f"event: content_block_delta\ndata: {json.dumps(delta)}\n\n" for delta in deltas)
    hostile = {name: piece * (SIZE // len(piece)) for name, piece in _HOSTILE.items()}
    return {
        "no secret": clean.encode(),
        "only metadata": few.encode(),
        "secrets in every turn": mixed.encode(),
        "secrets inside base64": json.dumps(telemetry).encode(),
        "event stream": stream.encode(),
        **hostile,
    }


def speed(body: bytes, redactor: Redactor, *, seconds: float = 0.4) -> float:
    """Return MB/s of the best run within the given seconds."""
    best, until = 0.0, time.perf_counter() + seconds
    while time.perf_counter() < until:
        before = time.perf_counter()
        scrub = redactor.exchange().body()
        scrub.feed(body)
        scrub.finish()
        best = max(best, len(body) / 1e6 / (time.perf_counter() - before))
    return best


def main(show: Callable[[str], None] = print) -> None:
    """Print one line per body."""
    remembering = Redactor(b"k" * 32, words=["ada"])
    for number in range(200):
        remembering.remember(f"remembered-value-{number:04d}".encode())
    for name, body in bodies().items():
        plain, full = speed(body, Redactor(b"k" * 32)), speed(body, remembering)
        show(f"{name:32} {plain:8.0f} MB/s   with 200 remembered values and a word {full:8.0f} MB/s")


if __name__ == "__main__":
    main()
