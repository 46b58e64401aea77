"""Substitutes for masked values."""

from pathlib import Path

import pytest

from tests.exchanges import exchange
from tests.secret_shapes import KEY
from tests.skeleton.test_skeleton_copy import receipt
from tests.store.test_writer import written
from wirelore.model import codec
from wirelore.skeleton.substitutes import Substitutes
from wirelore.store.writer import Capture


def test_equal_values_are_equal_under_one_key_and_differ_under_another(tmp_path: Path) -> None:
    folder = written(tmp_path / "a", exchange({"system": "one", "x": ["one", "two"]})).folder
    bodies = [
        next(Capture(receipt(folder, tmp_path / name, key)).exchanges()).request.document.value
        for name, key in (("b", KEY), ("c", KEY), ("d", b"x" * 32))
    ]
    values = list(bodies[0].values())
    assert (values[0], bodies[0]) == (values[1][0], bodies[1])
    assert values[0] != values[1][1]
    assert bodies[0] != bodies[2]


@pytest.mark.parametrize("number", [b"0", b"-0.5", b"10", b"1.25e-7", b"6E+3", b"123456789012345678901234567890"])
def test_a_number_stays_a_number_of_as_many_digits(number: bytes) -> None:
    substitute = Substitutes(KEY).number(number)
    assert (len(substitute), codec.document(substitute).problem) == (len(number), None)
