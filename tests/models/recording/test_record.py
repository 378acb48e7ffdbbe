import numpy as np
import pandas as pd

from src.common.digests import file_md5
from src.config.paths import COMNIST_TABLE, EXPORTED, MNIST_TABLE, NEGATIVES_TABLE, OUT_OF_FOLD, SPLIT_TABLE
from src.features.labels import LABELS
from src.models import evaluate as stage
from src.models.recording.rows_digest import rows_digest
from src.models.reports.report_tables import percent
from tests.models.evaluation_folder import Done


def test_mlflow_gets_figures_reports_data_and_a_model_with_known_and_unknown_heights(done: Done) -> None:
    told = done.run.log_metrics.call_args.args[0]
    assert told["label"] == done.metrics["label"]["value"]
    assert told["case_paired_low"] == done.metrics["case_paired"]["low"]
    assert all(isinstance(value, float) for value in told.values())
    assert [call.args for call in done.run.log_artifact.call_args_list] == [
        (stage.REPORTS,), (OUT_OF_FOLD, "calibrate"),
    ]  # fmt: skip
    assert [call.args for call in done.run.log_dataset.call_args_list] == [
        (SPLIT_TABLE, "split", "test"), (MNIST_TABLE, "mnist", "test"), (COMNIST_TABLE, "comnist", "test"),
        (NEGATIVES_TABLE, "negatives", "test"),
    ]  # fmt: skip
    path, examples = done.run.log_onnx.call_args.args
    assert path == EXPORTED
    assert examples["image"].dtype == np.uint8
    assert np.isnan(examples["relative_height"]).any()


def test_the_model_is_registered_with_what_it_may_be_compared_by(done: Done) -> None:
    name, tags, figures = done.run.register.call_args.args
    assert name == "pysar"
    frame = pd.read_parquet(done.folder / SPLIT_TABLE)
    learnable = frame[frame["split"] != "test"]
    assert tags == {
        "corpus": "upstream",
        "split_mode": "stratified",
        "alphabet": LABELS,
        "data.digest": rows_digest(frame[frame["split"] == "test"]),
        "model.md5": file_md5(done.folder / EXPORTED),
        "held_back.digest": rows_digest(learnable.iloc[1:]),
    }
    assert figures == {
        key: done.metrics[key]["value"] for key in ("label", "label_kind_known", "case_letters", "joint")
    }


def test_run_and_version_are_described_by_the_figures_with_intervals_and_the_sheet_of_errors(done: Done) -> None:
    table, pictures, more = done.run.describe.call_args.args
    figure = done.metrics["label"]
    share, low, high = (percent(figure[name]) for name in ("value", "low", "high"))
    assert f"| `label` | {share} | {low} to {high} |" in table
    assert "43 test rows; corpus: upstream, split: stratified" in more
    assert pictures == {"Errors": "evaluate/errors.png"}
    assert (done.folder / "reports/evaluate/errors.png").is_file()
