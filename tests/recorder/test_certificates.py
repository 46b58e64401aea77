"""The temporary certificate authority of the stand-in."""

import socket
import ssl
import threading
from pathlib import Path

import pytest

from wirelore.recorder.certificates import authority


@pytest.fixture
def private(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path


def _handshake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> str | None:
    """Return the TLS version that a client asking for `name` negotiates. Raises ssl.SSLError as the client does."""
    near, far = socket.socketpair()

    def accept() -> None:
        try:
            server.wrap_socket(far, server_side=True).close()
        except (ssl.SSLError, OSError):
            far.close()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        with client.wrap_socket(near, server_hostname=name) as connection:
            return connection.version()
    finally:
        near.close()
        accepting.join()


@pytest.mark.parametrize("name", ["api.example.test", "localhost", "127.0.0.1"])
def test_a_client_that_trusts_the_authority_accepts_the_server_under_each_of_its_names(
    private: Path, name: str
) -> None:
    paths = authority(private, ["api.example.test"])
    assert _handshake(paths.context(), ssl.create_default_context(cafile=paths.ca), name) == "TLSv1.3"


def test_another_host_name_is_refused(private: Path) -> None:
    paths = authority(private, ["api.example.test"])
    with pytest.raises(ssl.SSLCertVerificationError, match=r"other\.example\.test"):
        _handshake(paths.context(), ssl.create_default_context(cafile=paths.ca), "other.example.test")


def test_a_client_that_does_not_trust_the_authority_refuses_the_server(private: Path) -> None:
    paths = authority(private, [])
    with pytest.raises(ssl.SSLCertVerificationError):
        _handshake(paths.context(), ssl.create_default_context(), "localhost")


def test_only_the_owner_may_read_the_files(private: Path) -> None:
    paths = authority(private, [])
    assert {path.name: path.stat().st_mode & 0o777 for path in private.iterdir()} == {
        paths.ca.name: 0o600,
        paths.server.name: 0o600,
    }


def test_the_key_of_the_authority_is_not_saved(private: Path) -> None:
    paths = authority(private, [])
    assert b"PRIVATE KEY" not in paths.ca.read_bytes()
    assert paths.server.read_bytes().count(b"BEGIN " + b"PRIVATE KEY") == 1


def test_a_folder_open_to_others_is_refused_with_the_remedy(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(PermissionError, match="run: chmod 700"):
        authority(tmp_path, [])
