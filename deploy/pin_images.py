"""Write into deploy/.env what images the containers are made of: a name, a version, and the digest of its content.

A version's name can be given to another content; a digest cannot. The registry is asked through Docker's own client.
"""

import logging
import re
import subprocess
import sys
from pathlib import Path

from deploy.env_file import merge_settings, read_settings

PLACE = Path(__file__).with_name(".env")
IMAGES = {
    "PYTHON_IMAGE": "python:3.11.13-slim-bookworm",
    "NGINX_IMAGE": "nginx:1.28.0-bookworm",
    "POSTGRES_IMAGE": "postgres:17.9-bookworm",
    "SEAWEEDFS_IMAGE": "chrislusf/seaweedfs:4.48",
}
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_SECONDS = 120

logger = logging.getLogger(__name__)


class RegistryError(Exception):
    """No digest can be had of an image."""


def ask_digest(image: str) -> str:
    """Return the digest that a registry has for a version now, of all its platforms together.

    Raises:
        RegistryError: Docker's client is not here, or the registry has no such image or is away.
    """
    command = ["docker", "buildx", "imagetools", "inspect", image, "--format", "{{.Manifest.Digest}}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603 - ours
    except FileNotFoundError:
        raise RegistryError("docker is not installed") from None
    except subprocess.TimeoutExpired:
        raise RegistryError(f"no answer in {_SECONDS} s") from None
    digest = done.stdout.strip()
    if done.returncode or not _DIGEST.fullmatch(digest):
        said = " ".join((done.stderr.strip() or digest or "no digest").split())
        raise RegistryError(f"`docker buildx imagetools inspect` says: {said}")
    return digest


def main() -> int:
    """Pin every image; return the exit status. Nothing is written unless all are pinned."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    pinned = {}
    for name, image in IMAGES.items():
        try:
            pinned[name] = f"{image}@{ask_digest(image)}"
        except RegistryError as error:
            logger.error("Error: %s: %s; nothing is changed", image, error)  # noqa: TRY400 - one line
            return 1
    before = read_settings(PLACE)
    try:
        merge_settings(PLACE, pinned)
    except OSError as error:
        logger.error("Error: %s: %s", PLACE, error.strerror)  # noqa: TRY400 - as above
        return 1
    for name, image in pinned.items():
        logger.info("%s %s", "same" if before.get(name) == image else "new ", image)
    logger.info("`docker compose -f deploy/compose.yaml up --build --detach` comes next")
    return 0


if __name__ == "__main__":
    sys.exit(main())
