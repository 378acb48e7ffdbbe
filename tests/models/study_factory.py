"""Small studies for the tests of src/models."""

from pathlib import Path

import optuna

from src.config.search_params import Knob, Search
from src.models.search.study import open_storage, open_study

SEARCH = Search(
    trials=4, folds=1, seed=1, pruner="none", startup_trials=2, warmup_epochs=1,
    space={"finetune.learning_rate": Knob(low=1e-3, high=1e-1, log=True), "finetune.batch_size": Knob(choices=[8, 16])},
)  # fmt: skip


def journal_study(folder: Path, name: str = "finetune-test", search: Search = SEARCH) -> optuna.Study:
    """Open the study of that name in a journal file in `folder`."""
    return open_study(open_storage(str(folder / "studies.journal")), name, search, epochs=3)
