"""Trailers of HTTP/1, at which mitmproxy stops with an error of its own while the client waits for ever.

mitmproxy's layers know trailers; only its reader of chunked bodies does not hand them over (versions 11 and 12,
proxy/layers/http/_http1.py). `mend` puts that right, and does nothing where the reader looks different.
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


class _Apart:
    """A reader of chunked bodies that keeps the trailers to itself."""

    def __init__(self, reader: Any) -> None:
        self.trailers: list[tuple[bytes, bytes]] = []
        self._reader = reader

    def __call__(self, buffer: Any) -> Any:
        found = self._reader(buffer)
        if headers := getattr(found, "headers", None):  # only the end of a message has any
            self.trailers = headers.raw_items()
            return type(found)()
        return found

    def read_eof(self) -> Any:
        return self._reader.read_eof()


def mend() -> None:
    """Lets trailers pass from HTTP/1 to the hooks; may be called again."""
    layer: Any = _http1
    connection = layer.Http1Connection
    if hasattr(connection, "wirelore_mended") or not hasattr(layer, "make_body_reader"):
        return
    make, read = layer.make_body_reader, connection.read_body

    def make_body_reader(size: int | None) -> Any:
        return _Apart(make(size)) if size is None else make(size)

    def read_body(self: Any, event: Any) -> Iterator[Any]:
        for command in read(self, event):
            reader = getattr(self, "body_reader", None)
            after = _TRAILERS.get(type(command.event)) if isinstance(command, ReceiveHttp) else None
            if after and isinstance(reader, _Apart) and reader.trailers:
                yield ReceiveHttp(after(command.event.stream_id, http.Headers(reader.trailers)))
                reader.trailers = []
            yield command

    layer.make_body_reader = make_body_reader
    connection.read_body = read_body
    connection.wirelore_mended = True
