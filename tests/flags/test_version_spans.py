"""The versions in which a flag is new, sent or removed."""

from tests.flags.test_flag_report import MESSAGES, ONE, at, bodies, sent, table_of
from wirelore.flags import flag_report
from wirelore.flags.request_paths import Place
from wirelore.flags.version_spans import Arrival, Arrivals, Lack, Span


def test_a_flag_is_new_or_removed_if_the_same_scenario_was_recorded_without_it() -> None:
    flag_table = table_of(
        (at("1.9"), [sent(body={"model": "a"})]), (at("1.10"), [sent(ONE, body={"model": "b"})]),
        (at("1.11"), [sent(body={"model": "b"})]), (at("1.12", "other"), [sent(body={"model": "b"})]),
    )  # fmt: skip
    before, after = Lack(("1.9",), 1, same_models=False), Lack(("1.11",), 1, same_models=True)
    assert flag_table.flags[0].spans == (Span("made", "1.10", "1.10", 1, before, after),)
    page = flag_report.markdown(flag_table)
    assert f"- `{ONE}`: new in `made` 1.10; 1 request of 1.9 without it, none of them for a model" in page
    assert f"- `{ONE}`: removed in `made` 1.11; 1 request of 1.11 without it, last sent by 1.10\n" in page


def test_new_places_in_the_version_that_introduces_a_flag_are_listed() -> None:
    old = bodies(6, model="a")
    new = [*bodies(6, ONE, model="a", speed="x", effort="low", all=1), *bodies(6, model="a", other=1, all=1)]
    elsewhere = bodies(6, ONE, only_here=1)
    flag_table = table_of((at("1.9"), old), (at("1.10"), new), (at("1.10", "other"), elsewhere))
    arrived = tuple(
        Arrival(Place("field", (name,), word), 6, 6, 0, 6) for name, word in (("effort", "low"), ("speed", "x"))
    )
    assert flag_table.arrivals == (Arrivals(ONE, "made", "1.10", ("1.9",), MESSAGES, arrived, 0),)
    assert f"- `{ONE}`: new in `made` 1.10, `{MESSAGES}`\n  - field `effort: low`: 6 of 6 with, 0 of 6 without\n" in (
        flag_report.markdown(flag_table)
    )


def test_a_flag_that_an_earlier_version_sent_is_not_new_even_if_that_request_cannot_be_compared() -> None:
    lost = sent(ONE, absent=("request-body",))
    flag_table = table_of(
        (at("1.9"), [*bodies(6), lost]), (at("1.10"), [*bodies(6, ONE, speed="x"), *bodies(6, other=1)])
    )
    assert flag_table.arrivals == ()
