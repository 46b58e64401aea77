"""Settings of Sphinx for `make site`: the pages of this folder as a site with a search."""

import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

project = "Wirelore"
author = "Wirelore contributors"
copyright = author
version = release = version("wirelore")

extensions = ["myst_parser", "sphinx_click"]
exclude_patterns = ["pictures"]
nitpicky = True
myst_heading_anchors = 4
myst_url_schemes = ["http", "https", "mailto"]

smartquotes = False

html_theme = "furo"
html_title = "Wirelore"
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {
    "source_repository": "https://github.com/wirelore/wirelore/",
    "source_branch": "main",
    "source_directory": "docs/",
}
