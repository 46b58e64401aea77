"""The environment of a recorded client: variables that lead it to the proxy and have it trust the proxy's CA.

They are for the child process alone. Nothing switches certificate checks off: the CA joins the roots that are there.
"""

import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path

_PROXY = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy")
_BUNDLE = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_DROPPED = ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy")
"""NO_PROXY would lead recorded hosts past the recorder, ALL_PROXY is stronger than HTTPS_PROXY for some clients."""


def client_environment(base: Mapping[str, str], proxy_url: str, node_ca: Path, bundle: Path) -> dict[str, str]:
    """The variables of `base` with those for the proxy.

    `node_ca` is a PEM file that Node.js adds to its own roots, `bundle` one that other clients read in place of theirs.
    """
    kept = {name: value for name, value in base.items() if name not in _DROPPED}
    kept.update(dict.fromkeys(_PROXY, proxy_url))
    kept.update(dict.fromkeys(_BUNDLE, str(bundle)))
    kept["NODE_EXTRA_CA_CERTS"] = str(node_ca)
    return kept


def write_bundles(base: Mapping[str, str], ca: Path, folder: Path) -> tuple[Path, Path]:
    """Writes the two PEM files of client_environment into `folder`: for Node.js, and for everybody else.

    The user's own NODE_EXTRA_CA_CERTS and SSL_CERT_FILE (or REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE) are kept in them.
    """
    node, bundle = folder / "node-extra-ca.pem", folder / "ca-bundle.pem"
    extra = base.get("NODE_EXTRA_CA_CERTS", "")
    given = [Path(base[name]) for name in _BUNDLE if base.get(name)]
    _join(node, [ca, *([Path(extra)] if extra else [])])
    roots = [path for path in given if path.is_file()] or [path for path in [system_roots()] if path]
    _join(bundle, [ca, *roots, *([Path(extra)] if extra else [])])
    return node, bundle


def system_roots() -> Path | None:
    """The file of the system's root certificates, or certifi's where the system has none in one file."""
    found = ssl.get_default_verify_paths().cafile
    if found and Path(found).is_file():
        return Path(found)
    try:
        from certifi import where  # comes with mitmproxy; asked for only where the system has no file
    except ImportError:
        return None
    return Path(where())


def _join(target: Path, sources: Iterable[Path]) -> None:
    parts = dict.fromkeys(source.read_text(errors="replace").strip() for source in sources if source.is_file())
    target.write_text("\n".join(part for part in parts if part) + "\n")
