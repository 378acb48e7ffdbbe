"""What of a killed clone's runs is not as it should be: missing in MLflow, with an epoch twice, or of another model."""

from collections.abc import Sequence
from typing import get_args

from mlflow import MlflowClient
from mlflow.entities import Run

from benchmarks.killed_clone import Clone, git_in
from src.config.params import StageName, load_params
from src.config.paths import FINETUNED
from src.workspace.repository import locked_md5

_MOST_RUNS = 10_000


def lost(clone: Clone) -> list[str]:
    """Say of each tracked run that should be there, or that has an epoch twice, what is wrong."""
    client = MlflowClient(f"sqlite:///{clone.folder}/mlflow.db")
    (experiment,) = client.search_experiments(filter_string="name = 'pysar'")
    runs = client.search_runs([experiment.experiment_id], max_results=_MOST_RUNS)
    params = load_params(clone.folder / "params.yaml")
    problems = []
    for stage in get_args(StageName):
        whole = list(range(1, params.training_of(stage).epochs + 1))
        own = [run for run in runs if run.data.tags.get("dvc.stage") == stage]
        for run in own:
            steps = sorted(point.step for point in client.get_metric_history(run.info.run_id, "val_loss"))
            if steps != (whole if run.info.status == "FINISHED" else whole[: len(steps)]):
                problems.append(f"{stage} {run.info.run_id}, {run.info.status}: epochs {steps}")
        ended = [run for run in own if run.info.status == "FINISHED"]
        alone = sum("dvc.exp_name" not in run.data.tags for run in ended)
        if alone < clone.ended[stage] + 1:
            problems.append(f"{stage}: {alone} finished runs of {clone.ended[stage] + 1}")
    return problems + _lost_experiments(clone, runs)


def _lost_experiments(clone: Clone, runs: Sequence[Run]) -> list[str]:
    """Say which experiments have no finished run, or another model than the one beside them."""
    problems = []
    found = {run.data.tags.get("dvc.exp_name") for run in runs if run.info.status == "FINISHED"}
    for pair in clone.experiments:
        problems += [f"{name}: no finished run" for name in pair if name not in found]
        models = {_finetuned(clone, name) for name in pair}
        if len(models) > 1:
            problems.append(f"{pair}: models {models}")
    return problems


def _finetuned(clone: Clone, name: str) -> str:
    """Return the MD5 of an experiment's fine-tuned network."""
    refs = git_in(clone.folder, "for-each-ref", "--format=%(refname)", "refs/exps").split()
    (ref,) = [ref for ref in refs if ref.endswith(f"/{name}")]
    return locked_md5(git_in(clone.folder, "show", f"{ref}:dvc.lock"), "finetune", FINETUNED)
