"""Exchanges as text for `wirelore show`: a list with one line each, or one exchange with headers and bodies.

Terminal control characters are escaped.
"""

from collections.abc import Iterator

from wirelore.model.exchange import Exchange, Message
from wirelore.model.terminal import printable
from wirelore.store.writer import Capture, Unreadable


def lines(capture: Capture) -> str:
    """Return one line per exchange: number, seconds since the first, status, body sizes, end, operation.

    The time is `-` if the imported recording has none.
    """
    text = []
    first = 0
    for exchange in capture.exchanges():
        first = first or exchange.started_us
        status = str(exchange.response.status) if exchange.response else "---"
        sizes = f"{exchange.request.body.size:>9} {exchange.response.body.size if exchange.response else 0:>9}"
        after = f"{(exchange.started_us - first) / 1e6:.3f} s" if exchange.started_us else "-"
        tags = f"  [{', '.join(exchange.tags)}]" if exchange.tags else ""
        operation = f"{exchange.request.host} {exchange.operation}{tags}"
        line = f"{exchange.sequence:>5} {after:>11}  {status} {sizes}  {exchange.end.cause:<12} {operation}"
        text.append(f"{printable(line, line=True)}\n")
    return "".join(text)


def full_text(capture: Capture, number_or_id: str) -> str:
    """Return one exchange as text, with all headers and bodies. Raise Unreadable if the capture does not have it."""
    ids = [line["id"] for line in capture.index() if number_or_id in (str(line["sequence"]), line["id"])]
    if not ids:
        raise Unreadable(f"{capture.name}: no exchange {number_or_id}; `wirelore show {capture.name}` lists them")
    return "".join(f"{printable(line)}\n" for line in _full_lines(capture.exchange(ids[0])))


def _full_lines(exchange: Exchange) -> Iterator[str]:
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
            time = f" at {event.us / 1e6:.3f} s" if event.us is not None else ""
            yield f"# event {number}{time}{'' if event.complete else ', incomplete'}"
            yield f"{event.name}: {event.data.decode('utf-8', 'replace')}"
    else:
        yield from _message(response)


def _message(message: Message) -> Iterator[str]:
    yield from (f"{name}: {value}" for name, value in message.headers)
    yield ""
    if message.body.size:
        yield message.body.read().decode("utf-8", "replace")
