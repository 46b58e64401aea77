"""The recorder's command line and the labels of the manifest."""

import pytest

from wirelore.recorder.launch import labels


def test_labels_are_an_object_of_strings_and_empty_without_the_option() -> None:
    assert labels('{"client": "mine", "repeat": "1"}') == {"client": "mine", "repeat": "1"}
    assert labels("") == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"repeat": 1}', "null"])
def test_labels_of_another_form_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r'is not a JSON object of strings, such as \{"scenario": "plain"\}$'):
        labels(text)
