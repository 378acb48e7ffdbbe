"""Versions of a registered model whose runs hold a model and which rows were read rightly out of fold."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd
from mlflow import MlflowClient

from src.features.labels import LABELS
from src.prediction.model_file import RELEASED
from src.registry.registry import Registry

MODEL = RELEASED.read_bytes()
ROWS = 40
TAGS = {"corpus": "upstream", "alphabet": LABELS, "held_back.digest": "d1"}


def right_answers(wrong: Collection[int], rows: int = ROWS) -> pd.DataFrame:
    """Rows 0, 2, … are letters and have a case; of a wrong letter the case is wrong, of a wrong digit the label."""
    letter = [row % 2 == 0 for row in range(rows)]
    table = pd.DataFrame(
        {
            "source": "rukopys",
            "filename": [f"00{row}" for row in range(rows)],
            "label_right": [str(is_letter or row not in wrong) for row, is_letter in enumerate(letter)],
            "case_right": [str(row not in wrong) if is_letter else "" for row, is_letter in enumerate(letter)],
        }
    )
    return table.sample(frac=1, random_state=len(wrong))


def add_version(
    registry: Registry, folder: Path, wrong: Collection[int] | None = (), model: bytes = MODEL, **tags: str
) -> str:
    """Register a version that is wrong on some rows (None: it has no answers), and return its number."""
    client: MlflowClient = registry.client
    if not client.search_registered_models(f"name = '{registry.name}'"):
        client.create_registered_model(registry.name)
    experiment = client.get_experiment_by_name("pysar")
    assert experiment is not None
    run = client.create_run(experiment.experiment_id)
    if wrong is not None:
        right_answers(wrong).to_csv(folder / "out_of_fold.csv", index=False)
        client.log_artifact(run.info.run_id, str(folder / "out_of_fold.csv"), "calibrate")
    (folder / "model.onnx").write_bytes(model)
    client.log_artifact(run.info.run_id, str(folder / "model.onnx"))
    source = run.info.artifact_uri or ""
    version = client.create_model_version(registry.name, source, run.info.run_id, tags={**TAGS, **tags})
    return str(version.version)
