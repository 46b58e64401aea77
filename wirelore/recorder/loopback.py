"""Recognition of loopback addresses."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Return True if only this machine can reach the address or name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:  # a name, or an empty string, which means every interface
        return host.lower() == "localhost"
