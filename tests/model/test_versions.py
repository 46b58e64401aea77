"""Ordering of versions."""

from wirelore.model.versions import version_key


def test_versions_are_ordered_by_their_numbers_and_a_pre_release_is_before_its_release() -> None:
    ordered = [
        "",
        "1.9",
        "2.0.56",
        "2.1.112",
        "2.2.0-alpha",
        "2.2.0-beta.2",
        "2.2.0-beta.10",
        "2.2.0",
        "2.2.0.1",
        "10.0",
    ]
    assert sorted({*ordered}, key=version_key) == ordered


def test_a_version_of_thousands_of_digits_is_ordered_like_any_other() -> None:
    assert version_key("1.0") < version_key("1" * 5000)
