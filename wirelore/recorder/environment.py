"""The environment variables that direct a client to the proxy and make it trust the proxy's CA.

They are set for the child process only. Certificate checks stay on: the CA is added to the existing roots.
"""

import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path

_PROXY = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy")
_BUNDLE = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_DROPPED = ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy")
"""NO_PROXY would bypass the recorder for some hosts; some clients prefer ALL_PROXY to HTTPS_PROXY."""


def client_environment(base: Mapping[str, str], proxy_url: str, node_ca: Path, bundle: Path) -> dict[str, str]:
    """Return `base` with the variables for the proxy.

    `node_ca` is a PEM file that Node.js adds to its own roots. `bundle` is one that other clients use instead of their
    own.
    """
    environment = {name: value for name, value in base.items() if name not in _DROPPED}
    environment.update(dict.fromkeys(_PROXY, proxy_url))
    environment.update(dict.fromkeys(_BUNDLE, str(bundle)))
    environment["NODE_EXTRA_CA_CERTS"] = str(node_ca)
    return environment


def write_bundles(base: Mapping[str, str], ca: Path, folder: Path) -> tuple[Path, Path]:
    """Write the two PEM files of client_environment into `folder`: for Node.js and for other clients.

    They include the user's own NODE_EXTRA_CA_CERTS and SSL_CERT_FILE (or REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE).
    """
    node, bundle = folder / "node-extra-ca.pem", folder / "ca-bundle.pem"
    extra = base.get("NODE_EXTRA_CA_CERTS", "")
    user_bundles = [Path(base[name]) for name in _BUNDLE if base.get(name)]
    _join(node, [ca, *([Path(extra)] if extra else [])])
    roots = [path for path in user_bundles if path.is_file()] or [path for path in [system_roots()] if path]
    _join(bundle, [ca, *roots, *([Path(extra)] if extra else [])])
    return node, bundle


def system_roots() -> Path | None:
    """Return the file of the system's root certificates, or certifi's if the system has no such file."""
    cafile = ssl.get_default_verify_paths().cafile
    if cafile and Path(cafile).is_file():
        return Path(cafile)
    try:
        from certifi import where  # a dependency of mitmproxy; imported only if the system has no file
    except ImportError:
        return None
    return Path(where())


def _join(target: Path, sources: Iterable[Path]) -> None:
    parts = dict.fromkeys(source.read_text(errors="replace").strip() for source in sources if source.is_file())
    target.write_text("\n".join(part for part in parts if part) + "\n")
