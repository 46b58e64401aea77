"""What passes without being recorded: counted by host, never looked into."""

from collections.abc import Callable

from mitmproxy import http, tcp, tls

from wirelore.recorder.hosts import Hosts


class PassThrough:
    """Lets hosts pass that are not named, and counts what no exchange can hold."""

    def __init__(self, hosts: Hosts, count: Callable[..., None]) -> None:
        """`count` adds its keyword arguments to the manifest."""
        self.hosts = hosts
        self._count = count

    def passed(self, host: str, **counts: int) -> None:
        """Counts what passed to a host: `connections`, `requests` or `bytes`."""
        self._count(passed_through={host: counts})

    def http_connect_error(self, flow: http.HTTPFlow) -> None:
        """A tunnel that could not be made: there is no exchange to hold it."""
        self._count(completeness={"tunnels_refused": 1}, tunnels_refused={flow.request.host: 1})

    def tls_clienthello(self, data: tls.ClientHelloData) -> None:
        """Lets the hosts pass that are not named."""
        address = data.context.server.address
        names = [name for name in (data.client_hello.sni, address[0] if address else None) if name]
        if not any(name in self.hosts for name in names):
            data.ignore_connection = True
            self._count(completeness={"not_decrypted": 1})
            self.passed(names[0] if names else "unknown", connections=1)

    def tcp_message(self, flow: tcp.TCPFlow) -> None:
        """Counts what is no HTTP."""
        address = flow.server_conn.address
        self.passed(address[0] if address else "unknown", bytes=len(flow.messages[-1].content))
        del flow.messages[:-1]

    def tcp_start(self, flow: tcp.TCPFlow) -> None:
        """Counts a connection that is no HTTP."""
        address = flow.server_conn.address
        self._count(completeness={"not_decrypted": 1})
        self.passed(address[0] if address else "unknown", connections=1)

    def tls_failed_client(self, data: tls.TlsData) -> None:
        """The client broke the handshake off, as one does that does not trust the CA: there is no exchange yet."""
        address = data.context.server.address
        host = data.conn.sni or (address[0] if address else "unknown")
        self._count(completeness={"tls_failed": 1}, tls_failed={host: {"client": 1, "last": data.conn.error or ""}})
