"""The routing addon: sends hosts to a server on loopback, for tests, the demo and the matrix of client versions."""

from typing import Any

from mitmproxy import ctx, exceptions, http
from mitmproxy.addonmanager import Loader
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from wirelore.recorder.route_targets import Target, targets


class Route:
    """The addon: replaces the address of a connection."""

    def __init__(self) -> None:
        self.targets: dict[str, Target] = {}
        self._original_addresses: dict[str, Any] = {}
        """The original addresses of connections in progress, by connection id."""

    def load(self, loader: Loader) -> None:
        """Add the option."""
        loader.add_option("wirelore_route", str, "", "Send hosts to a stand-in: [NAME=][http[s]://]HOST:PORT, ...")

    def configure(self, updated: set[str]) -> None:
        """Parse the option. Raises OptionsError."""
        if "wirelore_route" in updated:
            try:
                self.targets = targets(ctx.options.wirelore_route)
            except ValueError as fault:
                raise exceptions.OptionsError(f"wirelore_route: {fault}") from None  # type: ignore[no-untyped-call] # mitmproxy is untyped

    def target(self, host: str) -> Target | None:
        """Return the server to which a host is routed, or None if it is not."""
        return self.targets.get(host.lower()) or self.targets.get("")

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Set the scheme to that of the stand-in."""
        if target := self.target(flow.request.host):
            flow.request.scheme = "https" if target.tls else "http"

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """Connect to the stand-in instead of the host."""
        if data.server.address and (target := self.target(data.server.address[0])):
            self._original_addresses[data.server.id] = data.server.address
            data.server.address = (target.host, target.port)

    def server_connected(self, data: ServerConnectionHookData) -> None:
        """Restore the connection's original address, by which later requests of the client find it.

        Otherwise each request opens another connection and the sixth waits forever: mitmproxy allows five per address.
        """
        if address := self._original_addresses.pop(data.server.id, None):
            object.__setattr__(data.server, "address", address)  # mitmproxy's setter refuses on an open connection

    def server_connect_error(self, data: ServerConnectionHookData) -> None:
        """Forget the address of a connection that failed."""
        self._original_addresses.pop(data.server.id, None)
