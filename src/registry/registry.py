"""The registered model: its versions and their aliases, who was champion before, and what their runs left."""

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from src.common.errors import InputError
from src.tracking.tracking import CANDIDATE, MODEL_NAME

CHAMPION = "champion"
PREVIOUS = "previous"
"""Alias of the champion before the present one, to whom a rollback leads."""
ALIASES = (CHAMPION, CANDIDATE, PREVIOUS)
RIGHT_ANSWERS = "calibrate/out_of_fold.csv"

_HISTORY = "champion.before"
_NUMBER = re.compile("[1-9][0-9]{0,8}")
_UNKNOWN = {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}


class Registry:
    """A registered model in one store; every method raises MlflowException where the store is away or refuses."""

    def __init__(self, client: MlflowClient, name: str = MODEL_NAME) -> None:
        self.client = client
        self.name = name

    def version(self, number: str) -> ModelVersion:
        """Return a version by its number, or by one of ALIASES.

        Raises:
            InputError: There is none.
        """
        found = self._aliased(number) if number in ALIASES else self.find(number)
        if found is None:
            raise InputError(f"{self.name}: no version {number!r}; `pysar ui` lists them under Models")
        return found

    def find(self, number: str) -> ModelVersion | None:
        """Return a version by its number, or None."""
        try:
            return self.client.get_model_version(self.name, number) if _NUMBER.fullmatch(number) else None
        except MlflowException as error:
            if error.error_code in _UNKNOWN:
                return None
            raise

    def champion(self) -> ModelVersion | None:
        """Return the version that is champion, or None."""
        return self._aliased(CHAMPION)

    def crown(self, number: str) -> None:
        """Move the alias of the champion, who is no candidate any more."""
        self.client.set_registered_model_alias(self.name, CHAMPION, number)
        candidate = self._aliased(CANDIDATE)
        if candidate is not None and str(candidate.version) == number:
            self.client.delete_registered_model_alias(self.name, CANDIDATE)

    def _aliased(self, alias: str) -> ModelVersion | None:
        try:
            return self.client.get_model_version_by_alias(self.name, alias)
        except MlflowException as error:
            if error.error_code in _UNKNOWN:
                return None
            raise

    def before(self) -> list[str]:
        """Return the numbers of those who were champion before the present one, the first of all first."""
        tags = self.client.get_registered_model(self.name).tags
        return [str(number) for number in json.loads(tags.get(_HISTORY, "[]"))]

    def write_before(self, numbers: Sequence[str]) -> None:
        """Keep those who were champion before the present one; PREVIOUS is the last of them that is still here."""
        self.client.set_registered_model_tag(self.name, _HISTORY, json.dumps(numbers))
        previous = next((number for number in reversed(numbers) if self.find(number)), None)
        if previous is not None:
            self.client.set_registered_model_alias(self.name, PREVIOUS, previous)
        elif self._aliased(PREVIOUS) is not None:
            self.client.delete_registered_model_alias(self.name, PREVIOUS)

    def note(self, version: ModelVersion, key: str, document: str, words: str) -> None:
        """Keep a document as a tag of a version, and add what it says as a line of the description."""
        self.client.set_model_version_tag(self.name, str(version.version), key, document)
        said = "\n\n".join(filter(None, [version.description, words]))
        self.client.update_model_version(self.name, str(version.version), description=said)

    def run(self, version: ModelVersion) -> Run:
        """Return the run that registered a version.

        Raises:
            InputError: It is gone.
        """
        try:
            return self.client.get_run(version.run_id or "")
        except MlflowException as error:
            if error.error_code in _UNKNOWN:
                raise InputError(f"version {version.version}: its run is gone; evaluate the model again") from None
            raise

    @contextmanager
    def artifact(self, version: ModelVersion, path: str) -> Iterator[Path]:
        """Yield a copy of a file among the artifacts of a version's run.

        Raises:
            InputError: There is no such file.
        """
        run = self.run(version)
        with tempfile.TemporaryDirectory() as folder:
            try:
                file = Path(self.client.download_artifacts(run.info.run_id, path, folder))
            except (MlflowException, OSError) as error:
                reason = " ".join(str(error).split())
                raise InputError(
                    f"version {version.version}: no {path} ({reason}); evaluate the model again"
                ) from error
            yield file

    def answers_held_back(self, version: ModelVersion) -> pd.DataFrame:
        """Return which rows networks that had not learned them read rightly, as a version's run has it, all as text.

        Raises:
            InputError: It is missing.
        """
        with self.artifact(version, RIGHT_ANSWERS) as file:
            return pd.read_csv(file, dtype=str, keep_default_na=False)
