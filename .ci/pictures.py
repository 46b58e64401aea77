"""Draw the terminal pictures of the documentation, docs/pictures/*.svg, from the output of the commands.

`python .ci/pictures.py` writes the files; `python .ci/pictures.py --check` writes nothing, names each file that would
change, and exits with 1 if there is one. rich draws them (`make pictures` installs it).
"""

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
WIDTH = 100
_THEME = TerminalTheme(
    (250, 250, 250),
    (40, 40, 45),
    [
        (40, 40, 45),
        (190, 30, 45),
        (30, 125, 60),
        (160, 100, 0),
        (30, 90, 190),
        (140, 50, 150),
        (0, 120, 140),
        (120, 120, 125),
    ],
)
_STYLES = {
    r"^error\b": "bold red",
    r"^warning\b": "bold yellow",
    r"^note\b": "bold cyan",
    r"^         in .*": "bright_black",
}
_FORMAT = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


class Picture(NamedTuple):
    """A picture: the command as a reader types it, and which of the lines that it prints are shown."""

    command: str
    shown: tuple[str, ...]


PICTURES = {
    "analyze": Picture(
        "wirelore analyze captures/samples/errors",
        ("error-bodies/not-json", "retries/too-early", "event-sequence/broken-off", "error-bodies/in-stream"),
    ),
}


def drawn(name: str, picture: Picture) -> str:
    """Return the SVG of a picture."""
    environment = dict(os.environ, COLUMNS=str(WIDTH), NO_COLOR="1")
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    run = subprocess.run(
        ["bash", "-c", picture.command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    blocks = re.findall(r"^\S.*\n(?: .*\n)*", run.stdout, re.MULTILINE)
    chosen = [block for block in blocks if any(f" {rule} " in block.split("\n")[0] for rule in picture.shown)]
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    console.print(Text(f"$ {picture.command}", style="bold"))
    for block in [*chosen, "…\n", blocks[-1]]:
        text = Text(block.rstrip("\n"), no_wrap=True, overflow="ellipsis")
        for pattern, style in _STYLES.items():
            text.highlight_regex(re.compile(pattern, re.MULTILINE), style)
        console.print(text)
    return console.export_svg(title="wirelore", theme=_THEME, code_format=_FORMAT, unique_id=f"wirelore-{name}")


def main(check: bool) -> int:
    """Write the pictures, or compare them with the files; return the exit code."""
    FOLDER.mkdir(exist_ok=True)
    code = 0
    for name, picture in PICTURES.items():
        path = FOLDER / f"{name}.svg"
        content = drawn(name, picture)
        if check and (not path.exists() or path.read_text(encoding="utf-8") != content):
            print(f"docs/pictures/{path.name}: not what the command prints now; run make pictures", file=sys.stderr)
            code = 1
        elif not check:
            path.write_text(content, encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] == ["--check"]))
