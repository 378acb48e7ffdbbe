"""What deploy/compose.yaml says, run by the real programs on ports of 127.0.0.1 instead of in containers.

Commands, environments, templates and health checks are those of deploy/; only addresses are exchanged.
"""

import os
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from deploy.accounts import write_secrets
from tests.deploy.composition import SECRETS, checks_of, command_of, image_environment, render, stages
from tests.free_port import free_port
from tests.services.postgresql import UNPRIVILEGED, find_binaries
from tests.services.s3 import Endpoint

ROOT = Path(__file__).parents[2]
START_SECONDS = 120.0
END_SECONDS = 120.0
WAIT_SECONDS = 60.0
"""So long may an answer take on a machine that has much other work."""

_IN_CONTAINER = {
    "service": ("service:8000", "127.0.0.1:8000"),
    "mlflow": ("mlflow:5000", "127.0.0.1:5000"),
    "s3": ("s3:9000", "127.0.0.1:9000"),
    "master": ("127.0.0.1:9333",),
    "volume": ("127.0.0.1:8080",),
    "filer": ("127.0.0.1:8888",),
    "health": ("127.0.0.1:8081",),
}
"""Addresses in compose.yaml at which something listens that is started here."""


def find_nginx() -> str | None:
    """Return nginx's program; it is not in every user's PATH."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def find_weed() -> str | None:
    """Return SeaweedFS's program: that of the environment, which is of the image's version."""
    return shutil.which("weed", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))


class Deployment:
    """The services of a compose file; `http` and `mlflow` are where nginx listens, `service` is what stands behind it.

    Args:
        compose: The file, its variables filled in.
        accounts: Of each account the text.
        folder: Where the accounts are put.
        elsewhere: Addresses in it of what runs already, and where it runs.
    """

    def __init__(
        self, compose: Mapping[str, Any], accounts: Mapping[str, str], folder: Path, elsewhere: Mapping[str, str]
    ) -> None:
        self.secrets = folder / "secrets"
        write_secrets(self.secrets, accounts)
        self.services: dict[str, Any] = dict(compose["services"])
        own = {name: f"127.0.0.1:{free_port()}" for name in _IN_CONTAINER}
        self.addresses = {there: own[name] for name, places in _IN_CONTAINER.items() for there in places}
        self.addresses |= {SECRETS: str(self.secrets), **elsewhere}
        self.service, self.s3 = own["service"], own["s3"]
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

    def account(self, name: str) -> Endpoint:
        """Return who may ask the store, as one of the files of accounts says."""
        parser = ConfigParser()
        parser.read(self.secrets / name)
        key = parser["default"]
        return Endpoint(f"http://{self.s3}", key["aws_access_key_id"], key["aws_secret_access_key"])

    def check(self, name: str, *, live: bool = False, **changes: str) -> subprocess.CompletedProcess[str]:
        """Ask a service whether it is ready, or whether it lives, as compose.yaml does.

        Not by health.sh: without a container around it, what it would end is this machine.
        """
        _, ready, alive = checks_of(self.services[name])
        command = alive if live else ready
        return self.run(name, ["sh", "-c", command.replace("python -c", f"{sys.executable} -c")], **changes)

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
    def seaweedfs(self, program: str, folder: Path) -> Iterator[int]:
        """Run the store until the block ends; its process is given."""
        (folder / "store").mkdir()
        ports = {name: self.addresses[place].split(":")[1] for name, (place, *_) in _IN_CONTAINER.items()}
        moved = [f"-{name}.port={ports[name]}" for name in ("master", "volume", "filer", "s3")]
        moved += [f"-{name}.port.grpc={free_port()}" for name in ("master", "volume", "filer", "s3")]
        moved += [f"-{name}.localSocket={folder}/{name}" for name in ("filer", "s3")]
        stage = stages()["s3"]
        locked = {
            name: value.replace("/lock", str(folder)) for name, value in image_environment(self.services["s3"]).items()
        }
        subprocess.run(shlex.split(stage["RUN"].replace("/lock", str(folder))), check=True, capture_output=True)
        words = [self.here(word).replace("/store", f"{folder}/store") for word in command_of(self.services["s3"])[1:]]
        with _process([program, *words, *moved], {**self.environment("s3"), **locked}, folder) as process:
            self._wait("s3", process, folder)
            yield process.pid
            process.kill()  # it takes its time to end

    @contextmanager
    def nginx(self, program: str, certificate: tuple[Path, ...] = (), *, ready: bool = True) -> Iterator[Path]:
        """Run nginx before them, as a user without rights, until the block ends; with a certificate, by TLS.

        Waits until it is ready, where it is to be.

        Gives the folder that it writes to.
        """
        service = self.services["nginx"]
        with _unprivileged_folder() as folder:
            changes = {"PYSAR_LISTEN": self.http, "MLFLOW_LISTEN": self.mlflow, "PYSAR_RESOLVER": "127.0.0.1"}
            # An engine mounts it for who may not enter the folder of accounts.
            users = Path(self.environment("nginx")["MLFLOW_USERS"])
            changes["MLFLOW_USERS"] = str(shutil.copy(users, folder))
            if certificate:
                changes["TLS_FOLDER"] = str(folder)
            for path in certificate:
                (folder / path.name).write_bytes(path.read_bytes())
            service = {**service, "environment": {**self.environment("nginx"), **changes}}
            render(service, folder)
            words = [word.replace("/tmp", str(folder)) for word in command_of(service)]  # noqa: S108 - what stands there
            with _process([program, *words[1:]], service["environment"], folder, UNPRIVILEGED) as process:
                if ready:
                    self._wait("nginx", process, folder)
                yield folder

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
