"""What deploy/compose.yaml says, run by the real programs on ports of 127.0.0.1 instead of in containers.

Commands, environments, templates and health checks are those of deploy/; only addresses are exchanged.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.deploy.composition import command_of, render
from tests.free_port import free_port
from tests.services.postgresql import UNPRIVILEGED, find_binaries

ROOT = Path(__file__).parents[2]
START_SECONDS = 120.0
END_SECONDS = 120.0

_IN_CONTAINER = {
    "service": ("service:8000", "127.0.0.1:8000"),
    "mlflow": ("mlflow:5000", "127.0.0.1:5000"),
    "health": ("127.0.0.1:8081",),
}
"""Addresses in compose.yaml at which something listens that is started here."""


def find_nginx() -> str | None:
    """Return nginx's program; it is not in every user's PATH."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


class Deployment:
    """The services of a compose file; `http` and `mlflow` are where nginx listens, `service` is what stands behind it.

    Args:
        compose: The file, its variables filled in.
        elsewhere: Addresses in it of what runs already, and where it runs.
    """

    def __init__(self, compose: Mapping[str, Any], elsewhere: Mapping[str, str]) -> None:
        self.services: dict[str, Any] = dict(compose["services"])
        own = {name: f"127.0.0.1:{free_port()}" for name in _IN_CONTAINER}
        self.addresses = {there: own[name] for name, places in _IN_CONTAINER.items() for there in places}
        self.addresses |= elsewhere
        self.service = own["service"]
        self.http, self.mlflow = (f"127.0.0.1:{free_port()}" for _ in range(2))

    def here(self, text: str) -> str:
        """Return a text with the addresses that hold here."""
        anywhere = "|".join(map(re.escape, self.addresses))
        return re.sub(rf"({anywhere})(?!\d)", lambda match: self.addresses[match[1]], text)

    def environment(self, name: str) -> dict[str, str]:
        """Return the environment of a service: what compose.yaml gives it, and the paths of this machine."""
        given = {key: self.here(str(value)) for key, value in self.services[name]["environment"].items()}
        binaries = find_binaries()
        path = os.pathsep.join([*([str(binaries)] if binaries else []), os.environ["PATH"]])
        return {"PATH": path, "HOME": "/nonexistent", "PYTHONPATH": str(ROOT), **given}

    def run(self, name: str, command: list[str], **changes: str) -> subprocess.CompletedProcess[str]:
        """Run a command beside a service, as `docker compose exec` does."""
        return subprocess.run(
            [sys.executable if word == "python" else self.here(word) for word in command],
            env={**self.environment(name), **changes},
            cwd=ROOT / "deploy",
            capture_output=True,
            text=True,
            check=False,
        )

    def check(self, name: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Ask a service what compose.yaml asks it."""
        kind, *words = self.services[name]["healthcheck"]["test"]
        return self.run(name, ["sh", "-c", *words] if kind == "CMD-SHELL" else words, **changes)

    @contextmanager
    def python(self, name: str, folder: Path) -> Iterator[None]:
        """Run a service of our own images until the block ends."""
        there = _IN_CONTAINER[name][0]
        host, port = self.addresses[there].split(":")
        words = {"python": sys.executable, "0.0.0.0": host, there.split(":")[1]: port}  # noqa: S104 - what stands there
        command = [words.get(word, word) for word in command_of(self.services[name])]
        environment = {key: words.get(value, value) for key, value in self.environment(name).items()}
        with _process(command, environment, folder) as process:
            self._wait(name, process, folder)
            yield

    @contextmanager
    def nginx(self, program: str, certificate: tuple[Path, ...] = ()) -> Iterator[None]:
        """Run nginx before them, as a user without rights, until the block ends; with a certificate, by TLS."""
        service = self.services["nginx"]
        with _unprivileged_folder() as folder:
            changes = {"PYSAR_LISTEN": self.http, "MLFLOW_LISTEN": self.mlflow, "PYSAR_RESOLVER": "127.0.0.1"}
            if certificate:
                changes["TLS_FOLDER"] = str(folder)
            for path in certificate:
                (folder / path.name).write_bytes(path.read_bytes())
            service = {**service, "environment": {**self.environment("nginx"), **changes}}
            render(service, folder)
            words = [word.replace("/tmp", str(folder)) for word in command_of(service)]  # noqa: S108 - what stands there
            with _process([program, *words[1:]], service["environment"], folder, UNPRIVILEGED) as process:
                self._wait("nginx", process, folder)
                yield

    def _wait(self, name: str, process: "subprocess.Popen[bytes]", folder: Path) -> None:
        """Wait until the health check of a service is content."""
        deadline = time.monotonic() + START_SECONDS
        while (done := self.check(name)).returncode:
            if process.poll() is not None or time.monotonic() > deadline:
                log = (folder / "log").read_text("utf-8", errors="replace")
                raise RuntimeError(f"{name} did not start: {done.stdout}{done.stderr}{log}")
            time.sleep(0.2)


@contextmanager
def _process(
    command: list[str], environment: Mapping[str, str], folder: Path, user: str | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program, with all that it starts, until the block ends; `user` is who runs it where root would."""
    owner = pwd.getpwnam(user) if user and os.geteuid() == 0 else None
    with (folder / "log").open("wb") as log:
        if owner:
            os.fchown(log.fileno(), owner.pw_uid, owner.pw_gid)
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask a program to end, and end what is left of its group."""
    process.terminate()
    try:
        process.wait(END_SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def _unprivileged_folder() -> Iterator[Path]:
    # Not pytest's folder: that is closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="pysar-nginx-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam(UNPRIVILEGED)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder)
