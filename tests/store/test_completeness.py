"""The losses of a capture with their counts."""

import pytest

from wirelore.store.completeness import missing


@pytest.mark.parametrize(
    ("completeness", "ends", "expected"),
    [
        pytest.param({}, {}, {}, id="nothing counted"),
        pytest.param({"recorded": 2, "begun": 2, "not_decrypted": 9}, {"complete": 1, "shutdown": 1}, {}, id="whole"),
        pytest.param({"begun": 3}, {"complete": 1}, {"begun and not recorded": 2}, id="silently lost"),
        pytest.param(
            {"recorder_lost": 1, "not_saved": 2, "clock_set_back": 3, "not_settled": 4},
            {"recorder-lost": 5},
            {"recorder_lost": 1, "not_saved": 2},
            id="killed",
        ),
        pytest.param({"tee_faults": 1}, {"not-recorded": 2}, {"tee_faults": 1, "not-recorded": 2}, id="counted"),
    ],
)
def test_every_loss_is_named(completeness: dict[str, int], ends: dict[str, int], expected: dict[str, int]) -> None:
    assert missing(completeness, ends) == expected
