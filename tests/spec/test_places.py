"""Places in bodies: the names of what stands there, and the paths of its counts."""

import pytest

from wirelore.spec.places import Place

ROOT = Place("Message", "messages", frozenset({("response-bodies", "POST /v1/messages 200")}))


def test_a_member_is_named_after_itself_and_knows_its_owner() -> None:
    usage = ROOT.inner("usage", "Message", in_variant=False)
    assert (usage.noun, usage.owner, usage.root, usage.member, usage.depth) == (
        "Usage",
        "Message",
        "Message",
        "usage",
        1,
    )
    assert usage.paths == {("response-bodies", "POST /v1/messages 200", "usage")}
    deeper = usage.inner("cache_creation", "Usage", in_variant=True)
    assert (deeper.root, deeper.depth, deeper.in_variant) == ("Message", 2, True)


def test_an_item_is_named_in_the_singular_except_at_the_root() -> None:
    items = ROOT.inner("tools", "Message", in_variant=False).item()
    assert (items.noun, items.in_list) == ("Tool", True)
    assert items.paths == {("response-bodies", "POST /v1/messages 200", "tools", "[]")}
    assert (ROOT.item().noun, ROOT.item().in_list) == ("Message", True)


def test_a_step_has_its_own_counts_and_the_same_name() -> None:
    stepped = ROOT.step("<a>", "<b>")
    assert stepped.paths == {(*next(iter(ROOT.paths)), "<a>"), (*next(iter(ROOT.paths)), "<b>")}
    assert stepped.noun == "Message"


def test_a_meaningless_name_gives_way_to_the_only_tag() -> None:
    data = ROOT.inner("data", "Page", in_variant=False)
    assert data.named_by_tag(["file"]).noun == "File"
    assert data.named_by_tag(["file", "folder"]) is data
    usage = ROOT.inner("usage", "Page", in_variant=False)
    assert usage.named_by_tag(["file"]) is usage


@pytest.mark.parametrize(
    ("suffix", "owned", "expected"),
    [
        ("", False, ["Usage", "CacheUsage", "OwnerUsage", "RootOwnerUsage", "Usage"]),
        ("", True, ["CacheUsage", "OwnerUsage", "RootOwnerUsage", "Usage"]),
        ("Param", False, ["UsageParam", "CacheUsageParam", "OwnerUsageParam", "RootOwnerUsageParam", "UsageParam"]),
    ],
)
def test_the_candidate_names_begin_with_the_shortest(suffix: str, owned: bool, expected: list[str]) -> None:
    place = Place("Usage", "f", frozenset(), owner="Owner", root="Root", suffix=suffix)
    assert place.names("Usage", "Cache", owned=owned) == expected


def test_a_name_that_has_the_suffix_already_keeps_it_once() -> None:
    place = Place("Param", "f", frozenset(), owner="Tool", root="Root", suffix="Param")
    assert place.names("ToolParam") == ["ToolParam", "ToolToolParam", "RootToolToolParam", "ToolParam"]
    assert place.names("Param") == ["ToolParam", "RootToolParam"]


def test_a_key_tells_equal_names_apart_by_their_owner_or_tag() -> None:
    member = ROOT.inner("source", "Image", in_variant=False)
    assert member.key([]) == ("", "messages", "Source", "Image")
    assert member.key(["base64"]) == ("", "messages", "Source", "")
    assert ROOT.inner("source", "Image", in_variant=True).key(["base64"])[3] == "base64"
    assert ROOT.key(["message"])[3] == ""
    assert ROOT.key([])[3] == "response-bodies POST /v1/messages 200"
