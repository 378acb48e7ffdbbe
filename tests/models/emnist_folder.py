"""A folder in which the stages of the Latin family run, small and on printed digits."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from src.data import prepare_emnist
from src.models import calibrate_emnist, train_emnist
from src.tasks.emnist import PIPELINE, RAW, VARIANTS
from tests.default_params import EMNIST_PARAMS
from tests.emnist_archive import write_part
from tests.models.factory import NETWORK

ROOT = Path(__file__).parents[2]
VARIANT = VARIANTS["mnist"]


def make_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go to a folder, write params and files there, and run all stages before `evaluate_emnist`."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DVC_ROOT", str(folder))
    document = YAML(typ="safe").load(EMNIST_PARAMS)
    document["network"] = NETWORK.model_dump()
    document["train"] |= {"epochs": 4, "batch_size": 16, "ema_decay": 0.8}
    document["compute"] = {"device": "cpu", "precision": "float32"}
    (folder / PIPELINE).mkdir(parents=True)
    (folder / PIPELINE / "params.yaml").write_text(json.dumps(document), encoding="utf-8")
    write_part(folder / RAW, per_class=40)
    for stage in (prepare_emnist, train_emnist, calibrate_emnist):
        result = CliRunner().invoke(stage.main, [VARIANT.name])
        assert result.exit_code == 0, result.output
