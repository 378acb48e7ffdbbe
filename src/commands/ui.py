"""`pysar ui`: MLflow's web page over the store that the stages write to."""

import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from src.common.attached import CTRL_C, run_attached
from src.common.command import Command
from src.common.errors import InputError, check_installed
from src.tracking.moved_store import follow_checkout
from src.tracking.store_address import existing_store, sqlite_file
from src.workspace.repository import environment, find_root

HOST = "127.0.0.1"
HOSTS = ",".join(f"{name}{port}" for name in (HOST, "localhost") for port in ("", ":*"))
"""Names that the page is asked for by, at any port, for a tunnel has one of its own.

MLflow's own list has `10.*`, which `10.example.org` is, too: a page of that name whose address is changed to this
machine's would read all runs.
"""
_HOSTS_VARIABLE = "MLFLOW_SERVER_ALLOWED_HOSTS"
KIND = "workflowType=machine_learning"
"""Without it a browser that has not been here shows MLflow's pages on GenAI."""
QUIET = {
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # five more processes, each of which imports MLflow
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "PYTHONWARNINGS": "ignore",
}


def check_port(port: int) -> None:
    """Make sure that nothing listens on the port.

    Raises:
        InputError: Something does.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise InputError(f"port {port}: {error.strerror}; give another one: make ui PORT={port + 1}") from None


def server_command(address: str, port: int, hosts: str = HOSTS) -> list[str]:
    """Return the command of MLflow's server: one worker for one reader, and no word of each request."""
    options = {
        "--backend-store-uri": address,
        "--host": HOST,
        "--port": str(port),
        "--allowed-hosts": hosts,
        "--workers": "1",
        "--uvicorn-opts": "--log-level critical",
    }
    return [sys.executable, "-m", "mlflow", "ui", *(word for option in options.items() for word in option)]


@click.command(cls=Command)
@click.option("--port", type=click.IntRange(1, 65535), default=5000, show_default=True, help="Port on 127.0.0.1.")
def main(port: int) -> None:
    """Show the recorded runs in MLflow's web page, until Ctrl-C.

    It answers to localhost and 127.0.0.1 alone, or to the names in MLFLOW_SERVER_ALLOWED_HOSTS.
    """
    root = find_root(Path.cwd())
    check_installed("mlflow")
    address = existing_store(root)
    file = sqlite_file(address)
    if file is not None:
        follow_checkout(file, root)
    parts = urlsplit(address)
    if parts.scheme in {"http", "https"}:
        page = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()  # without the login
        click.echo(f"MLFLOW_TRACKING_URI names a server, which has its own page: {page}")
        return
    check_port(port)
    page = f"http://{HOST}:{port}/#"
    click.echo(f"runs: {page}/experiments?{KIND}   versions of the model: {page}/models/pysar   (Ctrl-C ends it)")
    command = server_command(address, port, os.environ.get(_HOSTS_VARIABLE) or HOSTS)
    status = run_attached(command, root, {**environment(Path.cwd()), **QUIET})
    sys.exit(0 if status == CTRL_C else status)
