"""The registry for a command: in the store that the stages write to, with errors of one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from src.common.errors import WorkError
from src.tracking.store_address import existing_store, hide_login, quiet_mlflow, short_reason

if TYPE_CHECKING:
    from src.registry.registry import Registry


@contextmanager
def open_registry(root: Path) -> "Iterator[Registry]":
    """Yield the registry in MLFLOW_TRACKING_URI or, where that is not set, in mlflow.db at `root`.

    Raises:
        InputError: There is no store yet.
        WorkError: In the block too: the store is away or refuses.
    """
    quiet_mlflow()
    # Imported here because it takes four seconds and reads the environment that was set before.
    from mlflow.exceptions import MlflowException  # noqa: PLC0415  # MLflow takes four seconds to import

    from src.registry.registry import Registry  # noqa: PLC0415  # MLflow takes four seconds to import
    from src.tracking.mlflow_store import open_store  # noqa: PLC0415  # MLflow takes four seconds to import

    address = existing_store(root)
    try:
        client, _ = open_store(address, root)
        yield Registry(client)
    except MlflowException as error:
        where = hide_login(address, address)
        raise WorkError(f"MLflow at {where} is away or refuses ({short_reason(error, address)})") from error
