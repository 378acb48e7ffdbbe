"""The store that the tests of tracking have, and folders in which stages have run."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.tracking.conftest import client, root, workspace

if TYPE_CHECKING:
    from tests.models.evaluation_folder import Done


__all__ = ["client", "root", "workspace"]


@pytest.fixture(scope="session")
def done(tmp_path_factory: pytest.TempPathFactory) -> "Done":
    """A folder in which `evaluate` has run; the export takes seconds."""
    from tests.models.evaluation_folder import Done, make_inputs, run_stage  # noqa: PLC0415  # as above

    folder = tmp_path_factory.mktemp("evaluate")
    make_inputs(folder)
    with pytest.MonkeyPatch.context() as monkeypatch:
        result, run = run_stage(folder, monkeypatch)
    assert result.exit_code == 0, result.output
    return Done(folder, run)


@pytest.fixture(scope="session")
def latin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which all stages of the Latin family have run but the last."""
    from tests.models.emnist_folder import make_folder  # noqa: PLC0415  # as above

    folder = tmp_path_factory.mktemp("latin")
    with pytest.MonkeyPatch.context() as monkeypatch:
        make_folder(folder, monkeypatch)
    return folder
