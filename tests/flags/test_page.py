"""The page of flags: what it says of few requests, and of none."""

from tests.flags.test_flag_report import ONE, SITUATION, bodies, table_of
from wirelore.flags import flag_report


def test_few_requests_are_marked_as_so_far() -> None:
    flag_table = table_of((SITUATION, [*bodies(4, ONE, speed="fast"), *bodies(40)]))
    assert not flag_table.flags[0].company[0].firm
    assert "so far present exactly with the flag: 4 of 4 with, 0 of 40 without" in flag_report.markdown(flag_table)


def test_no_capture_gives_a_page_that_says_so() -> None:
    page = flag_report.markdown(table_of())
    assert page.startswith(
        "# Beta flags\n\n0 flags in 0 of 0 requests with recorded headers, in 0 captures.\n\n## Observed flags\n"
    )
    assert page.count("No request had a flag.") == 4
