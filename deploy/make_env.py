"""Write deploy/secrets/ and deploy/.env: accounts that nobody has had before, and where the services are reached.

Needs nothing but Python, for a machine that only runs containers has no more.
"""

import argparse
import logging
import re
import sys
from pathlib import Path

from deploy.accounts import make_secrets, write_secrets
from deploy.env_file import merge_settings, read_settings

PLACE = Path(__file__).with_name(".env")
SECRETS = Path(__file__).with_name("secrets")
_HOST = re.compile(r"[^\W_]([\w.-]*[^\W_])?")
_LOCAL = ("localhost", "127.0.0.1")

logger = logging.getLogger(__name__)


def make_settings(host: str | None) -> dict[str, str]:
    """Return what compose.yaml has no default for, but for the images.

    Args:
        host: The name by which other machines call this one; None where only it calls itself.
    """
    hosts = [*_LOCAL, *([host] if host else [])]
    origins = [f"{scheme}://{host}{port}" for scheme in ("http", "https") for port in ("", ":*")] if host else []
    address = "0.0.0.0" if host else "127.0.0.1"  # noqa: S104 - a host that is named is to be reached
    return {
        "PYSAR_HOSTS": host or "",
        "PYSAR_PUBLISH": f"{address}:8080",
        "MLFLOW_PUBLISH": f"{address}:5000",
        "MLFLOW_ALLOWED_HOSTS": ",".join(f"{name}{port}" for name in hosts for port in ("", ":*")),
        "MLFLOW_ALLOWED_ORIGINS": ",".join(origins),
    }


def main(arguments: list[str] | None = None) -> int:
    """Write the folder and the file; return the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(prog="make_env", description=__doc__)
    said = "name by which other machines call this one; without it only this one gets in"
    parser.add_argument("--host", type=_host, help=said)
    settings = make_settings(parser.parse_args(arguments).host)
    try:
        there = [path for path, taken in ((SECRETS, SECRETS.exists()), (PLACE, _has_any(settings))) if taken]
        if there:
            what = " and ".join(map(str, there))
            logger.error("Error: %s: there already, and in use; move what is there away to have new ones", what)
            return 2
        write_secrets(SECRETS, make_secrets())
        merge_settings(PLACE, settings)
    except OSError as error:
        logger.error("Error: %s: %s", error.filename or PLACE, error.strerror)  # noqa: TRY400 - one line
        return 1
    logger.info("%s and %s are made; `make deploy-images` comes next", SECRETS, PLACE)
    return 0


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no host's name; write it without scheme, port and path")
    return text


def _has_any(settings: dict[str, str]) -> bool:
    return bool(settings.keys() & read_settings(PLACE).keys())


if __name__ == "__main__":
    sys.exit(main())
