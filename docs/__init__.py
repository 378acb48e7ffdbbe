"""The manual: its pages, and what Sphinx needs to build it."""
