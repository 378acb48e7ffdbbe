"""How Sphinx builds the manual: `make docs`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

project = "Pysar"
author = "The founders of Pysar"
copyright = author  # noqa: A001 - Sphinx's name for it
extensions = ["myst_parser", "sphinx_click", "docs.generators"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
myst_all_links_external = False
highlight_language = "sh"
html_theme = "furo"
html_title = "Pysar"
html_static_path = ["_static"]
html_css_files = ["manual.css"]
html_show_sphinx = False
html_copy_source = False
