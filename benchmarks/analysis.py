"""Time and memory of checking a million events: `python benchmarks/analysis.py [--events N]`."""

import argparse
import resource
import tempfile
import time
from pathlib import Path

from wirelore.analysis.check import check
from wirelore.model.exchange import End, Exchange, Headers, Request, Response
from wirelore.redaction.redactor import Redactor
from wirelore.schema.library import Library
from wirelore.store.writer import Capture, CaptureWriter

_DATA = b'{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"some words"}}'
_DELTA = b"event: content_block_delta\ndata: " + _DATA + b"\n\n"
_HEADERS = Headers((("content-type", "text/event-stream; charset=utf-8"),))


def main() -> None:
    """Print seconds, events per second and peak memory for captures with one, two and four times the exchanges."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    total = parser.parse_args().events
    library = Library()
    print(f"{'exchanges':>9} {'events':>9} {'seconds':>8} {'events/s':>9} {'peak MB':>8}")
    for share in (4, 2, 1):
        with tempfile.TemporaryDirectory() as folder:
            exchanges = max(1, total // share // 1000)
            capture = _capture(Path(folder) / "made", exchanges)
            began = time.perf_counter()
            found = sum(1 for _ in check(capture.exchanges(), library))
            seconds = time.perf_counter() - began
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            events = exchanges * 1000
            print(
                f"{exchanges:>9} {events:>9} {seconds:>8.2f} {events / seconds:>9.0f} {peak:>8.0f}  ({found} findings)"
            )


def _capture(folder: Path, exchanges: int) -> Capture:
    writer = CaptureWriter(folder, Redactor(b"benchmark"))
    request = Request(method="POST", host="api.anthropic.com", target="/v1/messages")
    for number in range(exchanges):
        exchange = Exchange("", 0, number * 1_000_000, request, Response(headers=_HEADERS), End(), "")
        writer.write(exchange, response_body=[(1000, _DELTA * 1000)])
    writer.close()
    return Capture(folder)


if __name__ == "__main__":
    main()
