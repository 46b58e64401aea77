"""Security schemes, and which operations need them."""

import pytest

from tests.reported import conversation
from tests.spec.test_openapi_document import Document, _document


@pytest.fixture(scope="module")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return _document(tmp_path_factory.mktemp("made"), *conversation())


def test_security_comes_from_claims_table_and_evidence(openapi: Document) -> None:
    flow = openapi["components"]["securitySchemes"]["oauth"]["flows"]["authorizationCode"]
    assert flow["authorizationUrl"] == "https://claude.ai/oauth/authorize"
    assert flow["tokenUrl"] == "https://console.anthropic.com/v1/oauth/token"
    assert "user:inference" in flow["scopes"]
    paths = openapi["paths"]
    assert paths["/v1/messages"]["post"]["security"] == [{"apiKey": []}, {"bearer": []}, {"oauth": ["user:inference"]}]
    assert paths["/v1/oauth/token"]["post"]["security"] == []
    assert "security" not in paths["/v1/rgstr"]["post"]
    assert openapi["security"] == [{}, {"apiKey": []}, {"bearer": []}, {"oauth": []}]
