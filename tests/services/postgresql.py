"""A private PostgreSQL cluster on a free port of 127.0.0.1: its own folder, its own socket, its own password."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.free_port import free_port

PASSWORD = "p@ss/50%"  # noqa: S105  # of a server that only this session knows
"""One that an address must escape."""
START_SECONDS = "60"
UNPRIVILEGED = "nobody"
"""Who owns the cluster where root runs the tests, for PostgreSQL refuses root."""
USER = "pysar"

_HASTY = "-c fsync=off -c full_page_writes=off"
"""Nothing here has to outlive a power cut."""


def find_binaries() -> Path | None:
    """Return the folder with initdb and pg_ctl: that of the newest version in Debian's place, or one in PATH."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").is_file()]
    if versions:
        return max(versions, key=lambda path: float(path.parent.name))
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Cluster:
    """One server; `folder` is to belong to the user who runs it."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.port = free_port()
        self._binaries = binaries
        self._folder = folder

    def url(self, database: str, password: str = PASSWORD) -> str:
        return f"postgresql://{USER}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def initialise(self) -> None:
        password = self._folder / "password"
        password.write_text(PASSWORD, "utf-8")
        options = ["--no-sync", "--username", USER, "--pwfile", str(password), "--encoding", "UTF8", "--locale", "C"]
        # Our own commands come by the socket, in a folder that is ours alone; who is under test comes with a password.
        self._run("initdb", "--pgdata", self._data, "--auth-local", "trust", "--auth-host", "scram-sha-256", *options)

    def start(self) -> None:
        address = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self._folder}"
        log = str(self._folder / "log")
        self._run("pg_ctl", "start", "--wait", "--timeout", START_SECONDS, "--log", log, *self._options(address))

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--mode", "immediate", "--pgdata", self._data)

    def create_database(self, name: str) -> None:
        self._run("createdb", "--host", str(self._folder), "--port", str(self.port), "--username", USER, name)

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _options(self, address: str) -> list[str]:
        return ["--pgdata", self._data, "--options", f"{_HASTY} {address}"]

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), *arguments]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        is_root = os.geteuid() == 0
        done = subprocess.run(
            command,
            cwd=self._folder,
            env=environment,
            user=UNPRIVILEGED if is_root else None,
            group=_group() if is_root else None,
            extra_groups=[] if is_root else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            log = self._folder / "log"
            said = log.read_text("utf-8", errors="replace") if log.exists() else ""
            raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}{said}")


@contextmanager
def running_cluster(binaries: Path) -> Iterator[Cluster]:
    """Make a cluster and start it; stop and remove it at the end."""
    # Not pytest's folder: that is closed to other users, and a socket's path may have 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="pysar-postgresql-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam(UNPRIVILEGED).pw_uid, _group())
        cluster = Cluster(binaries, folder)
        cluster.initialise()
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder)


def _group() -> int:
    return pwd.getpwnam(UNPRIVILEGED).pw_gid
