"""The recording addon: what passes mitmproxy is copied to the recorder process.

Every chunk goes on to its receiver first, unchanged; a copy goes to another process, which redacts and writes (see
`process`). Nothing is parsed, decoded or written here, and no fault of the recorder can reach a client.
Only the hosts of the route table, and those of `wirelore_hosts`, are decrypted; the rest passes and is counted.

It listens on loopback alone, unless another address and `--set wirelore_listen_beyond_loopback=true` are both given.
"""

import asyncio
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mitmproxy import connection, ctx, exceptions, http, tls
from mitmproxy.addonmanager import Loader
from mitmproxy.proxy import mode_specs, server_hooks

from wirelore.model import routes
from wirelore.model.exchange import COMPLETE, Headers
from wirelore.recorder import ends, handover, heads, launch, listening, trailers
from wirelore.recorder.hosts import Hosts
from wirelore.recorder.outbox import Outbox
from wirelore.recorder.pass_through import PassThrough
from wirelore.store.completeness import missing

_MESSAGE = 2000
"""Characters that are kept of the proxy's words about an end."""

logger = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _Open:
    """An exchange under way."""

    number: int
    flow: http.HTTPFlow
    request_whole: bool = False
    response_whole: bool = False
    dropped: bool = False
    messages: dict[str, dict[str, int]] = field(default_factory=dict)
    """Of a WebSocket, by sender: how many messages of how many bytes."""

    def us(self) -> int:
        """Microseconds since the request's first byte."""
        return max(0, int((time.time() - self.flow.request.timestamp_start) * 1e6))


class _Verdict:
    """The last addon of all: it exits in its turn, so that the others' `done` has closed their files."""

    name = "wirelore_verdict"

    def __init__(self) -> None:
        self.code = 0

    def done(self) -> None:
        """Ends mitmdump with the code, if it is not 0."""
        if self.code:
            sys.exit(self.code)


class Record:
    """Hands over what passes, and keeps account of what does not."""

    def __init__(self) -> None:
        self.hosts = Hosts(())
        self.outbox: Outbox | None = None
        self.folder = Path()
        self.lost: Counter[str] = Counter()
        """What is missing from the capture: exchanges never begun or never ended, and faults of the tee."""
        self.passing = PassThrough(self.hosts, self._count)
        self.verdict = _Verdict()
        self._number = 0
        self._open: dict[str, _Open] = {}
        self._tunnels: set[str] = set()
        self._failed: dict[str, dict[str, str]] = {}

    def load(self, loader: Loader) -> None:
        """Adds the options, and mends what would leave a client waiting."""
        trailers.mend()
        loader.add_option("wirelore_capture", str, "", "Folder of the capture.")
        loader.add_option("wirelore_hosts", str, "", "Further hosts to decrypt and record, separated by commas.")
        loader.add_option("wirelore_backlog", int, 256, "Megabytes the recorder may lag behind.")
        loader.add_option("wirelore_labels", str, "", "Labels of the capture: a JSON object of texts.")
        loader.add_option("wirelore_key", str, "", "File of the key for pseudonyms.")
        loader.add_option("wirelore_once", bool, False, "Make pseudonyms with a key that is kept nowhere.")
        loader.add_option("wirelore_status", int, -1, "Descriptor on which the recorder tells each exchange's end.")
        loader.add_option("wirelore_leash", int, -1, "Descriptor at whose end the proxy shuts down.")
        loader.add_option(listening.OPTION, bool, False, "Serve other machines too, on the address given.")

    def configure(self, updated: set[str]) -> None:
        """Keeps the proxy on loopback, and reads the list of hosts."""
        if updated & {"listen_host", "mode", listening.OPTION}:
            listening.confine()
        if "wirelore_labels" in updated:
            try:
                launch.labels(ctx.options.wirelore_labels)
            except ValueError as fault:
                raise exceptions.OptionsError(f"wirelore_labels: {fault}") from None  # type: ignore[no-untyped-call] # theirs
        if "wirelore_hosts" in updated:
            self.hosts = Hosts([*routes.packaged().hosts, *ctx.options.wirelore_hosts.split(",")])
            self.passing.hosts = self.hosts

    async def running(self) -> None:
        """Starts the recorder process; mitmdump ends if that fails."""
        options = ctx.options
        if not options.server:
            return
        await listening.move()
        self.folder = Path(options.wirelore_capture or launch.fresh_folder())
        try:
            self.outbox = Outbox(
                launch.command(options, self.folder, self.hosts.patterns),
                launch.environment(),
                options.wirelore_backlog << 20,
                [options.wirelore_status][: options.wirelore_status >= 0],
            )
        except (OSError, RuntimeError) as fault:
            logger.error("wirelore: cannot record into %s: %s", self.folder, fault)
            return
        others = ctx.master.addons
        if others.get(self.verdict.name) is None:  # type: ignore[no-untyped-call] # mitmproxy's own lack
            others.add(self.verdict)  # type: ignore[no-untyped-call] # mitmproxy's own lack
        if options.wirelore_leash >= 0:
            asyncio.get_running_loop().add_reader(options.wirelore_leash, self._released)
        logger.info("wirelore: recording into %s", self.folder)

    def _released(self) -> None:
        asyncio.get_running_loop().remove_reader(ctx.options.wirelore_leash)
        ctx.master.shutdown()  # type: ignore[no-untyped-call] # mitmproxy's own lack

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Begins an exchange, and tees its request's body."""
        if flow.request.host not in self.hosts and flow.request.pretty_host not in self.hosts:
            flow.request.stream = not flow.response
            self.passing.passed(flow.request.pretty_host, requests=1)
            return
        self._number += 1
        exchange = _Open(self._number, flow)
        head = heads.request(flow)
        if self._is_absolute(flow):
            head = replace(head, target=flow.request.url)
        payload = handover.packed_request(int(flow.request.timestamp_start * 1e6), head, heads.connection(flow))
        if not self._put(handover.BEGIN, exchange.number, 0, payload):
            self.lost["exchanges_lost"] += 1
            flow.request.stream = not flow.response
            return
        self._open[flow.id] = exchange
        if not flow.response:  # an answer that another addon has made cannot go with a streamed request
            flow.request.stream = self._tee(exchange, handover.REQUEST_BODY)

    def request(self, flow: http.HTTPFlow) -> None:
        """The request is whole."""
        if exchange := self._open.get(flow.id):
            exchange.request_whole = True
            if not flow.request.stream and flow.request.raw_content:
                self._body(exchange, handover.REQUEST_BODY, flow.request.raw_content)
            self._trailers(exchange, handover.REQUEST_TRAILERS, flow.request.trailers)
            self._end_if_whole(exchange)
        if flow.server_conn.alpn != b"h2":  # mitmproxy crashes on trailers for an HTTP/1 server
            flow.request.trailers = None

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """The response's head has come; its body is teed."""
        if flow.response is None:
            return
        exchange = self._open.get(flow.id)
        if exchange is None:
            flow.response.stream = flow.response.stream or True
            return
        flow.response.stream = self._tee(exchange, handover.RESPONSE_BODY)
        if head := heads.response(flow):
            self._put(handover.RESPONSE_HEAD, exchange.number, exchange.us(), handover.packed_response(head))

    def response(self, flow: http.HTTPFlow) -> None:
        """The response is whole."""
        if flow.response is None:
            return
        if exchange := self._open.get(flow.id):
            exchange.response_whole = True
            if not flow.response.stream and flow.response.raw_content:
                self._body(exchange, handover.RESPONSE_BODY, flow.response.raw_content)
            self._trailers(exchange, handover.RESPONSE_TRAILERS, flow.response.trailers)
            if flow.websocket is None:
                self._end_if_whole(exchange)
        if not flow.request.is_http2:  # mitmproxy crashes on trailers for an HTTP/1 client, and the client hangs
            flow.response.trailers = None

    def error(self, flow: http.HTTPFlow) -> None:
        """The exchange was given up."""
        if exchange := self._open.get(flow.id):
            message = flow.error.msg if flow.error else ""
            failed = self._failed.get(flow.client_conn.id, {}).get(message, "")
            scene = ends.Scene(
                message,
                failed,
                flow.response is not None,
                _open(flow.client_conn),
                _open(flow.server_conn),
                flow.request.is_http2,
                flow.server_conn.alpn == b"h2",
            )
            self._end(exchange, ends.cause(scene), message)

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        """Counts a message; older ones are let go, so that a long connection stays small."""
        if flow.websocket is None:
            return
        message = flow.websocket.messages[-1]
        del flow.websocket.messages[:-1]
        if exchange := self._open.get(flow.id):
            if not exchange.messages:
                exchange.messages = {side: {"messages": 0, "bytes": 0} for side in ("client", "server")}
            side = exchange.messages["client" if message.from_client else "server"]
            side["messages"] += 1
            side["bytes"] += len(message.content)

    def websocket_end(self, flow: http.HTTPFlow) -> None:
        """Notes the WebSocket and ends its exchange."""
        if (exchange := self._open.get(flow.id)) and flow.websocket:
            code, by_client = flow.websocket.close_code, bool(flow.websocket.closed_by_client)
            note = {**exchange.messages, "close_code": code, "closed_by_client": by_client}
            self._put(handover.NOTE, exchange.number, exchange.us(), handover.packed_members({"websocket": note}))
            self._count(completeness={"websockets": 1})
            self._end(exchange, *ends.websocket(code, by_client, flow.websocket.close_reason or ""))

    def http_connected(self, flow: http.HTTPFlow) -> None:
        """From here on the client's requests are in origin form."""
        self._tunnels.add(flow.client_conn.id)

    def tls_failed_server(self, data: tls.TlsData) -> None:
        """Remembers the words with which requests to this server will be given up."""
        self._failed.setdefault(data.context.client.id, {})[data.conn.error or ""] = ends.TLS

    def server_connect_error(self, data: server_hooks.ServerConnectionHookData) -> None:
        """Remembers the words with which requests to this server will be given up."""
        self._failed.setdefault(data.client.id, {})[data.server.error or ""] = ends.CONNECT

    def client_disconnected(self, client: connection.Client) -> None:
        """Exchanges that nothing was said of any more, such as one answered before its request was whole."""
        self._tunnels.discard(client.id)
        asyncio.get_running_loop().call_later(0.5, self._forget, client)

    def _forget(self, client: connection.Client) -> None:
        self._failed.pop(client.id, None)
        for exchange in [each for each in self._open.values() if each.flow.client_conn.id == client.id]:
            self._end(exchange, *_leftover(exchange, "client-gone", "the client closed its connection"))

    def done(self) -> None:
        """Ends what is under way, waits for the recorder and says how it went; exit code 2 if anything is missing."""
        if self.outbox is None:
            return
        for exchange in list(self._open.values()):
            self._end(exchange, *_leftover(exchange, "shutdown", "the proxy stopped"))
        if not self.outbox.broken:
            self._count(completeness={**self.lost, "begun": self._number})
        self._put(handover.CLOSE, 0, 0)
        last = self.outbox.close()
        closed = last.get("closed")
        if closed is None:
            reason = last.get("error") or "the recorder process died"
            logger.error("wirelore: %s is incomplete: %s; lost: %s", self.folder, reason, dict(self.lost) or "unknown")
        else:
            logger.info("wirelore: recorded %d exchanges into %s", sum(closed["categories"].values()), self.folder)
        missing = closed is None or is_incomplete(closed)
        if closed is not None and missing:
            logger.error("wirelore: %s is incomplete: %s", self.folder, {**closed["completeness"], **closed["ends"]})
        if missing:
            self.verdict.code = 2

    def _tee(self, exchange: _Open, kind: int) -> Callable[[bytes], bytes]:
        start, clock, number = exchange.flow.request.timestamp_start, time.time, exchange.number
        assert self.outbox is not None
        put = self.outbox.put

        def tee(data: bytes) -> bytes:
            if data and not exchange.dropped:
                try:
                    us = int((clock() - start) * 1e6)
                    if not put(kind, number, us if us > 0 else 0, data):
                        self._drop(exchange)
                except Exception:  # mitmproxy hangs the client if this raises; counted in the manifest
                    exchange.dropped = True
                    self.lost["tee_faults"] += 1
            return data

        return tee

    def _body(self, exchange: _Open, kind: int, content: bytes) -> None:
        self._tee(exchange, kind)(content)

    def _drop(self, exchange: _Open) -> None:
        """Gives up an exchange whose body the recorder cannot take; the client's goes on."""
        exchange.dropped = True
        self._end(exchange, "not-recorded", f"the recorder was more than {ctx.options.wirelore_backlog} MB behind")

    def _end_if_whole(self, exchange: _Open) -> None:
        if exchange.request_whole and exchange.response_whole and exchange.flow.websocket is None:
            self._end(exchange, COMPLETE, "")

    def _end(self, exchange: _Open, cause: str, message: str) -> None:
        if self._open.pop(exchange.flow.id, None) is None:
            return
        exchange.dropped = True
        if len(message) > _MESSAGE:  # mitmproxy quotes all that it could not parse
            message = f"{message[:_MESSAGE]}... ({len(message)} characters)"
        if not self._put(handover.END, exchange.number, exchange.us(), handover.packed_end(cause, message)):
            self.lost["exchanges_lost"] += 1

    def _trailers(self, exchange: _Open, kind: int, trailers: http.Headers | None) -> None:
        if trailers:
            lines = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in trailers.fields)
            self._put(kind, exchange.number, exchange.us(), handover.packed_headers(Headers(lines)))

    def _put(self, kind: int, exchange: int, us: int, payload: bytes = b"") -> bool:
        return self.outbox is not None and self.outbox.put(kind, exchange, us, payload)

    def _count(self, **members: Any) -> None:
        self._put(handover.COUNT, 0, 0, handover.packed_members(members))

    def _is_absolute(self, flow: http.HTTPFlow) -> bool:
        """Whether the client sent the target in absolute form, of which mitmproxy keeps the parts alone."""
        regular = isinstance(flow.client_conn.proxy_mode, mode_specs.RegularMode)
        return regular and flow.client_conn.id not in self._tunnels and flow.request.http_version.startswith("HTTP/1")


def is_incomplete(account: dict[str, Any]) -> bool:
    """Whether the recorder's account says that something is missing from the capture."""
    return bool(missing(account["completeness"], account["ends"]))


def _leftover(exchange: _Open, cause: str, message: str) -> tuple[str, str]:
    if exchange.response_whole and exchange.flow.websocket is None:
        return COMPLETE, "the response was whole before the request was"
    return cause, message


def _open(conn: connection.Connection) -> bool:
    return bool(conn.state & connection.ConnectionState.CAN_READ)
