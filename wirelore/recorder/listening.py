"""The proxy's listening address: loopback, unless the user opts out twice.

Whoever reaches the proxy can use it and is recorded. mitmproxy listens on every interface by default, so the proxy is
confined to loopback; another address needs a second option.
"""

import logging
from collections.abc import Iterator
from typing import Any

from mitmproxy import ctx
from mitmproxy.proxy import mode_specs

from wirelore.recorder.loopback import is_loopback

LOOPBACK = "127.0.0.1"
OPTION = "wirelore_listen_beyond_loopback"

logger = logging.getLogger(__name__)


def confine() -> None:
    """Set the listening address to loopback if the user gave none.

    If the user gave another address without the second option, no server is started and mitmdump exits.
    """
    options = ctx.options
    if getattr(options, OPTION) or not options.server:
        return
    if exposed := ", ".join(_exposed_addresses(options.listen_host or LOOPBACK)):
        options.update(server=False)  # type: ignore[no-untyped-call] # mitmproxy is untyped here
        logger.error(
            "wirelore: %s, which other machines can reach; listen on %s, or add --set %s=true to allow it",
            exposed,
            LOOPBACK,
            OPTION,
        )
    elif not options.listen_host:
        options.update(listen_host=LOOPBACK)  # type: ignore[no-untyped-call] # mitmproxy is untyped here


async def rebind() -> None:
    """Rebind to loopback the servers that started before `confine` ran, as on Python 3.12 and later."""
    servers: Any = ctx.master.addons.get("proxyserver")  # type: ignore[no-untyped-call] # mitmproxy is untyped here
    if servers is None or getattr(ctx.options, OPTION):
        return
    for server in servers.servers:
        if not all(is_loopback(str(address[0])) for address in server.listen_addrs):
            await server.stop()
            await server.start()


def _exposed_addresses(default: str) -> Iterator[str]:
    """Yield a description of each address beyond loopback on which the proxy would listen."""
    for text in ctx.options.mode:
        mode = mode_specs.ProxyMode.parse(text)
        host = mode.listen_host(default)
        # A mode without a default port does not listen on a port.
        if mode.default_port is not None and not is_loopback(host):
            yield f"mode {text} would listen on {host or 'every interface'}"
