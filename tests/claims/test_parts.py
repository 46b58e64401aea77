"""The parts of an exchange that a check reads."""

from typing import Any

import pytest

from tests.claims.test_weighing import weight
from tests.exchanges import exchange
from tests.weighing import CLI, status


@pytest.mark.parametrize(
    ("absent", "must"),
    [
        (("status",), status(200)),
        (("request-headers",), {"required": ["product"]}),
        (("request-headers",), {"properties": {"seen": {"properties": {"beta-flags": False}}}}),
        (("connection",), {"properties": {"seen": {"properties": {"connections": {"required": ["alpn"]}}}}}),
        (("header-order",), {"properties": {"seen": {"properties": {"request-headers": {"required": ["order"]}}}}}),
        (("response-body",), {"properties": {"seen": {"required": ["response-bodies"]}}}),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_an_import_that_lacks_the_parts_that_a_check_reads_does_not_count(absent: tuple[str, ...], must: Any) -> None:
    one = exchange(headers=CLI, absent=absent, origin="har")
    assert weight(must, one).counts == {}
    assert sum(weight({"required": ["operation"]}, one).counts.values()) == 1
