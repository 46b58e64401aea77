"""An exchange as text: a line in a list, or whole, as it stood on the wire.

What a terminal would obey is written as an escape.
"""

from collections.abc import Iterator

from wirelore.model.exchange import Exchange, Message
from wirelore.model.terminal import printable
from wirelore.store.writer import Capture, Unreadable


def lines(capture: Capture) -> str:
    """A line for each exchange: number, time after the first, status, sizes, end, operation.

    The time is `-` where an import tells none.
    """
    text = []
    first = 0
    for exchange in capture.exchanges():
        first = first or exchange.started_us
        status = str(exchange.response.status) if exchange.response else "---"
        sizes = f"{exchange.request.body.size:>9} {exchange.response.body.size if exchange.response else 0:>9}"
        after = f"{(exchange.started_us - first) / 1e6:.3f} s" if exchange.started_us else "-"
        tags = f"  [{', '.join(exchange.tags)}]" if exchange.tags else ""
        where = f"{exchange.request.host} {exchange.operation}{tags}"
        line = f"{exchange.sequence:>5} {after:>11}  {status} {sizes}  {exchange.end.cause:<12} {where}"
        text.append(f"{printable(line, line=True)}\n")
    return "".join(text)


def whole(capture: Capture, wanted: str) -> str:
    """The exchange of a sequence number or id: heads in full, bodies as text. Raises Unreadable if there is none."""
    names = [line["id"] for line in capture.index() if wanted in (str(line["sequence"]), line["id"])]
    if not names:
        raise Unreadable(f"{capture.name}: no exchange {wanted}; `wirelore show {capture.name}` lists them")
    return "".join(f"{printable(line)}\n" for line in _whole(capture.exchange(names[0])))


def _whole(exchange: Exchange) -> Iterator[str]:
    request, response = exchange.request, exchange.response
    yield f"# {exchange.id}: {exchange.operation}, {exchange.end.cause} after {exchange.end.us / 1e6:.3f} s"
    yield f"{request.method} {request.target} {request.http_version}"
    yield from _message(request)
    if response is None:
        yield f"# no response: {exchange.end.message or exchange.end.cause}"
        return
    yield f"{response.http_version} {response.status} {response.reason}"
    if response.is_event_stream:
        yield from (f"{name}: {value}" for name, value in response.headers)
        for number, event in enumerate(response.events(), 1):
            at = f" at {event.us / 1e6:.3f} s" if event.us is not None else ""
            yield f"# event {number}{at}{'' if event.complete else ', unfinished'}"
            yield f"{event.name}: {event.data.decode('utf-8', 'replace')}"
    else:
        yield from _message(response)


def _message(message: Message) -> Iterator[str]:
    yield from (f"{name}: {value}" for name, value in message.headers)
    yield ""
    if message.body.size:
        yield message.body.read().decode("utf-8", "replace")
