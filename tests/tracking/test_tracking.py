import json
import multiprocessing
import signal
from pathlib import Path

import pytest
from mlflow import MlflowClient

from src.common.digests import file_md5
from src.config.sections import Clean
from src.tracking.tracking import track
from tests.tracking.tracked import one_warning, stored

pytestmark = [
    pytest.mark.usefixtures("workspace"),
    pytest.mark.filterwarnings("default"),  # of SQLAlchemy and MLflow, at each other
]


def test_what_a_stage_tells_is_found_under_the_root_and_nothing_in_the_working_folder(
    root: Path, workspace: Path, tmp_path: Path, client: MlflowClient
) -> None:
    table = tmp_path / "table.parquet"
    table.write_bytes(b"rows")
    with track("finetune") as run:
        run.log_params({"finetune": {"learning_rate": 1e-3, "seed": 1}, "clean": Clean(box_tolerance=2)})
        for epoch in range(3):
            run.log_metrics({"val/loss": 1.0 / (epoch + 1)}, epoch)
        run.log_metrics({"test/accuracy": 0.5})
        run.log_artifact(table, "tables")
        run.log_dataset(table, "split", "training")
        run.set_tags({"data.source": "sample"})
    found = stored(client, run)
    assert found.data.params == {"finetune.learning_rate": "0.001", "finetune.seed": "1", "clean.box_tolerance": "2"}
    history = client.get_metric_history(found.info.run_id, "val/loss")
    assert [(metric.step, metric.value) for metric in history] == [(0, 1.0), (1, 0.5), (2, 1 / 3)]
    assert found.data.metrics["test/accuracy"] == 0.5
    assert found.data.tags["data.source"] == "sample"
    assert found.info.run_name == "finetune"
    assert client.get_experiment(found.info.experiment_id).name == "pysar"
    assert found.inputs is not None
    dataset = found.inputs.dataset_inputs[0]
    assert (dataset.dataset.name, dataset.tags[0].value) == ("split", "training")
    assert dataset.dataset.digest == "df347a373b8f92aa0ae3dd920a5ec2f6"  # echo -n rows | md5sum
    assert json.loads(dataset.dataset.source) == {"uri": str(table)}
    kept = root / "mlartifacts" / found.info.run_id / "artifacts" / "tables" / "table.parquet"
    assert kept.read_bytes() == b"rows"
    assert list(workspace.iterdir()) == []


def test_a_run_carries_the_tags_of_its_experiment_in_dvc(monkeypatch: pytest.MonkeyPatch, client: MlflowClient) -> None:
    monkeypatch.setenv("DVC_EXP_NAME", "kinky-moor")
    monkeypatch.setenv("DVC_EXP_BASELINE_REV", "c0ffee")
    monkeypatch.setenv("DVC_STAGE", "pretrain")
    with track("pretrain") as run:
        pass
    tags = stored(client, run).data.tags
    assert tags["dvc.exp_name"] == "kinky-moor"
    assert tags["dvc.exp_baseline_rev"] == "c0ffee"
    assert tags["dvc.stage"] == "pretrain"
    assert tags["mlflow.runName"] == "pretrain-kinky-moor"


def test_the_experiment_opens_as_model_training_also_one_that_an_older_pysar_made(
    client: MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "older")
    older = client.create_experiment("older", tags={"mlflow.note.content": "by hand"})
    with track("pretrain") as run:
        pass
    assert stored(client, run).info.experiment_id == older
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "newer")
    with track("pretrain") as run:
        pass
    tags = [client.get_experiment(each).tags for each in (older, stored(client, run).info.experiment_id)]
    assert [each["mlflow.experimentKind"] for each in tags] == ["custom_model_development"] * 2
    assert tags[0]["mlflow.note.content"] == "by hand"
    assert "dvc.repro" in tags[1]["mlflow.note.content"]


def test_a_stage_leaves_its_lineage_and_what_is_described_replaces_what_was_known_at_the_start(
    workspace: Path, client: MlflowClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (workspace / "dvc.yaml").write_text("stages: {finetune: {cmd: python -m finetune, desc: Learn letters}}")
    with track("finetune") as run:
        before = stored(client, run).data.tags["mlflow.note.content"]
        run.describe("- `loss`: 1", {"Errors": "errors.png"})
    tags = stored(client, run).data.tags
    assert "Learn letters." in before
    assert "`loss`" not in before
    assert "Learn letters.\n\n- `loss`: 1" in tags["mlflow.note.content"]
    assert f"run_uuid={run.run_id}" in tags["mlflow.note.content"]
    target = tmp_path_factory.mktemp("copies")
    kept = Path(client.download_artifacts(run.run_id or "", "lineage.json", str(target)))
    assert file_md5(kept) == tags["lineage.md5"]
    assert json.loads(kept.read_text())["command"] == "python -m finetune"


def test_what_is_no_stage_has_no_lineage(client: MlflowClient) -> None:
    with track("tune") as run:
        pass
    assert client.list_artifacts(run.run_id or "") == []
    assert "lineage.md5" not in stored(client, run).data.tags


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ValueError("x"), "FAILED"),
        (SystemExit(2), "FAILED"),
        (SystemExit(0), "FINISHED"),
        (KeyboardInterrupt(), "KILLED"),
    ],
)
def test_a_run_ends_as_its_block_ends(error: BaseException, status: str, client: MlflowClient) -> None:
    with pytest.raises(type(error)), track("pretrain") as run:
        raise error
    assert stored(client, run).info.status == status


def test_sigterm_ends_the_run_as_killed_and_the_process_with_143(client: MlflowClient) -> None:
    with pytest.raises(SystemExit) as stopped, track("pretrain") as run:
        signal.raise_signal(signal.SIGTERM)
    assert stopped.value.code == 143
    assert stored(client, run).info.status == "KILLED"
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_stage_started_again_continues_its_run(client: MlflowClient) -> None:
    with track("pretrain") as first:
        first.log_metrics({"loss": 2.0}, 0)
    with track("pretrain", first.run_id) as second:
        assert stored(client, second).info.status == "RUNNING"
        second.log_metrics({"loss": 1.0}, 1)
    assert second.run_id == first.run_id
    assert [metric.value for metric in client.get_metric_history(first.run_id or "", "loss")] == [2.0, 1.0]
    assert stored(client, second).info.status == "FINISHED"


def test_a_run_that_is_deleted_or_unknown_is_not_continued(client: MlflowClient) -> None:
    with track("pretrain") as first:
        pass
    client.delete_run(first.run_id or "")
    for gone in (first.run_id, "0" * 32, "not an id"):
        with track("pretrain", gone) as second:
            pass
        assert second.run_id != gone
        assert stored(client, second).info.status == "FINISHED"


def test_two_processes_make_the_store_at_once_and_say_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "new"
    new.mkdir()
    for left in ("mlflow.db.tmp", "mlflow.db.tmp-journal"):  # by a process that was killed while it made the store
        (new / left).write_bytes(b"half")
    monkeypatch.setenv("DVC_ROOT", str(new))
    processes = multiprocessing.get_context("fork")  # MLflow is imported already: only the store is raced for
    start = processes.Barrier(2)

    def stage() -> None:
        start.wait()
        with track("pretrain") as run:
            run.log_metrics({"loss": 1.0}, 0)

    stages = [processes.Process(target=stage) for _ in range(2)]
    for process in stages:
        process.start()
    for process in stages:
        process.join(timeout=60)
    assert [process.exitcode for process in stages] == [0, 0]
    assert capfd.readouterr() == ("", "")
    client = MlflowClient(f"sqlite:///{new}/mlflow.db")
    (experiment,) = client.search_experiments(filter_string="name = 'pysar'")
    runs = client.search_runs([experiment.experiment_id])
    assert [(run.info.status, run.data.metrics) for run in runs] == [("FINISHED", {"loss": 1.0})] * 2
    assert sorted(path.name for path in new.iterdir()) == ["mlflow.db", "mlflow.db.lock"]


def test_a_refused_record_is_told_once_and_the_rest_is_kept(
    client: MlflowClient, caplog: pytest.LogCaptureFixture
) -> None:
    with track("pretrain") as run:
        for epoch in range(3):
            run.log_metrics({"accuracy, %": 0.5}, epoch)
            run.log_metrics({"loss": 1.0}, epoch)
    assert "accuracy, %" in one_warning(caplog)
    assert len(client.get_metric_history(run.run_id or "", "loss")) == 3


def test_without_a_model_nothing_is_registered_and_that_is_told(
    client: MlflowClient, caplog: pytest.LogCaptureFixture
) -> None:
    with track("evaluate") as run:
        run.register("pysar-none", {}, {"label": 0.5})
        run.log_metrics({"loss": 1.0})
    assert "no model was recorded to be a version of pysar-none" in one_warning(caplog)
    assert client.search_registered_models("name = 'pysar-none'") == []
    assert stored(client, run).data.metrics == {"loss": 1.0}


def test_a_missing_artifact_is_told_and_stops_nothing(client: MlflowClient, caplog: pytest.LogCaptureFixture) -> None:
    with track("pretrain") as run:
        run.log_artifact(Path("nowhere.png"))
        run.log_metrics({"loss": 1.0})
    assert "nowhere.png" in one_warning(caplog)
    assert stored(client, run).data.metrics == {"loss": 1.0}
