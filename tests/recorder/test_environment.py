from pathlib import Path

import pytest

from wirelore.recorder.environment import client_environment, system_roots, write_bundles

OWN = {
    "HOME": "/h",
    "NO_PROXY": "api.test",
    "no_proxy": "*",
    "ALL_PROXY": "socks5://x",
    "all_proxy": "socks5://y",
    "HTTPS_PROXY": "http://other",
}


def test_a_client_is_directed_to_the_proxy_without_exceptions() -> None:
    environment = client_environment(OWN, "http://127.0.0.1:1", Path("/ca/node"), Path("/ca/all"))
    assert environment == {
        "HOME": "/h",
        **dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), "http://127.0.0.1:1"),
        **dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"), "/ca/all"),
        "NODE_EXTRA_CA_CERTS": "/ca/node",
    }
    assert OWN["NO_PROXY"] == "api.test"


def test_the_bundle_holds_the_ca_and_the_systems_roots(tmp_path: Path) -> None:
    (tmp_path / "ca").write_text("THE CA\n")
    node, bundle = write_bundles({}, tmp_path / "ca", tmp_path)
    roots = system_roots()
    assert roots is not None
    assert node.read_text() == "THE CA\n"
    assert bundle.read_text() == "THE CA\n" + roots.read_text().strip() + "\n"


def test_certificates_that_the_user_had_added_stay_trusted(tmp_path: Path) -> None:
    for name in ("ca", "extra", "roots"):
        (tmp_path / name).write_text(f"{name} pem\n")
    own = {"NODE_EXTRA_CA_CERTS": str(tmp_path / "extra"), "SSL_CERT_FILE": str(tmp_path / "roots")}
    node, bundle = write_bundles(own, tmp_path / "ca", tmp_path)
    assert node.read_text() == "ca pem\nextra pem\n"
    assert bundle.read_text() == "ca pem\nroots pem\nextra pem\n"


def test_a_system_without_a_file_of_roots_gets_certifis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    roots = system_roots()
    assert roots is not None
    assert roots.is_file()
