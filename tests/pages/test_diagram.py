"""State diagrams of event streams."""

from wirelore.evidence.collector import END, START
from wirelore.pages.diagram import diagram


def test_a_state_diagram_has_counts_and_safe_names() -> None:
    steps = {(START, 'a"b\n--> x'): 2, ('a"b\n--> x', END): 1, ('a"b\n--> x', 'a"b\n--> x'): 1}
    assert diagram(steps) == [
        "```mermaid", "stateDiagram-v2", '    state "a?b?--? x" as s1', "    [*] --> s1 : 2", "    s1 --> [*] : 1",
        "    s1 --> s1 : 1", "```", "",
    ]  # fmt: skip
