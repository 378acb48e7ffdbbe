"""The store that the tests of tracking have."""

from tests.tracking.conftest import client, root, workspace

__all__ = ["client", "root", "workspace"]
