"""A patch for HTTP/1 trailers, on which mitmproxy raises an internal error while the client waits forever.

mitmproxy's layers support trailers, but its reader of chunked bodies does not pass them on (versions 11 and 12,
proxy/layers/http/_http1.py). `patch` corrects that, and does nothing if the reader has another form.
"""

from collections.abc import Iterator
from typing import Any

from mitmproxy import http
from mitmproxy.proxy.layers.http import _http1
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import (
    RequestEndOfMessage,
    RequestTrailers,
    ResponseEndOfMessage,
    ResponseTrailers,
)

_TRAILERS = {RequestEndOfMessage: RequestTrailers, ResponseEndOfMessage: ResponseTrailers}


class _TrailerReader:
    """A reader of chunked bodies that stores the trailers."""

    def __init__(self, reader: Any) -> None:
        self.trailers: list[tuple[bytes, bytes]] = []
        self._reader = reader

    def __call__(self, buffer: Any) -> Any:
        event = self._reader(buffer)
        if headers := getattr(event, "headers", None):  # only the end of a message has trailers
            self.trailers = headers.raw_items()
            return type(event)()
        return event

    def read_eof(self) -> Any:
        return self._reader.read_eof()


def patch() -> None:
    """Pass HTTP/1 trailers to the hooks. Repeated calls have no effect."""
    layer: Any = _http1
    connection = layer.Http1Connection
    if hasattr(connection, "wirelore_patched") or not hasattr(layer, "make_body_reader"):
        return
    original_make_body_reader, original_read_body = layer.make_body_reader, connection.read_body

    def make_body_reader(size: int | None) -> Any:
        return _TrailerReader(original_make_body_reader(size)) if size is None else original_make_body_reader(size)

    def read_body(self: Any, event: Any) -> Iterator[Any]:
        for command in original_read_body(self, event):
            reader = getattr(self, "body_reader", None)
            trailer_event = _TRAILERS.get(type(command.event)) if isinstance(command, ReceiveHttp) else None
            if trailer_event and isinstance(reader, _TrailerReader) and reader.trailers:
                yield ReceiveHttp(trailer_event(command.event.stream_id, http.Headers(reader.trailers)))
                reader.trailers = []
            yield command

    layer.make_body_reader = make_body_reader
    connection.read_body = read_body
    connection.wirelore_patched = True
