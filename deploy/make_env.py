"""Write deploy/.env: passwords that nobody has had before, and the addresses at which the services are reached.

Needs nothing but Python, for a machine that only runs containers has no more.
"""

import argparse
import logging
import os
import secrets
import sys
from pathlib import Path

PLACE = Path(__file__).with_name(".env")
SECRETS = ("POSTGRES_PASSWORD", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", "MLFLOW_PASSWORD")
"""Of hexadecimal digits, so that they need no escapes in addresses and files."""
_LOCAL = ("localhost", "127.0.0.1")
_BYTES = {"S3_ACCESS_KEY_ID": 10}
_HEAD = """\
# Made by `make deploy-env` for this machine alone: keep it out of git and out of sight.
# A stored password is not changed by changing it here: PostgreSQL keeps the one of its first start.
"""

logger = logging.getLogger(__name__)


def make_settings(host: str | None) -> dict[str, str]:
    """Return all that compose.yaml has no default for.

    Args:
        host: The name by which other machines call this one; None where only it calls itself.
    """
    hosts = [*_LOCAL, *([host] if host else [])]
    origins = [f"{scheme}://{host}{port}" for scheme in ("http", "https") for port in ("", ":*")] if host else []
    address = "0.0.0.0" if host else "127.0.0.1"  # noqa: S104 - a host that is named is to be reached
    return {
        **{name: secrets.token_hex(_BYTES.get(name, 32)) for name in SECRETS},
        "PYSAR_PUBLISH": f"{address}:8080",
        "MLFLOW_PUBLISH": f"{address}:5000",
        "MLFLOW_ALLOWED_HOSTS": ",".join(f"{name}{port}" for name in hosts for port in ("", ":*")),
        "MLFLOW_ALLOWED_ORIGINS": ",".join(origins),
    }


def write_settings(path: Path, settings: dict[str, str]) -> None:
    """Write a file that only its owner may read.

    Raises:
        FileExistsError: There is one, with passwords that may be in use.
    """
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        os.fchmod(stream.fileno(), 0o600)
        stream.write(_HEAD)
        stream.writelines(f"{name}={value}\n" for name, value in settings.items())


def main(arguments: list[str] | None = None) -> int:
    """Write the file; return the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(prog="make_env", description=__doc__)
    parser.add_argument("--host", help="name by which other machines call this one; without it only this one gets in")
    asked = parser.parse_args(arguments)
    try:
        write_settings(PLACE, make_settings(asked.host))
    except FileExistsError:
        logger.error("Error: %s is there, and its passwords are in use; move it away to have new ones", PLACE)  # noqa: TRY400 - one line
        return 2
    except OSError as error:
        logger.error("Error: %s: %s", PLACE, error.strerror)  # noqa: TRY400 - as above
        return 1
    logger.info("%s: passwords are made; `docker compose -f deploy/compose.yaml up --build --detach` comes next", PLACE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
