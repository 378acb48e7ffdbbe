"""An account for each that asks another: a file each, of what the program on either side reads.

Each may do only what its owner needs: see README.md beside this file.
"""

import base64
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

USER = "pysar"
"""Who asks MLflow from outside."""
BUCKETS = {"service": "pysar-samples", "mlflow": "pysar-mlflow"}
"""Each account of the store and the one bucket that is its own; `setup` makes them, and is used for nothing else."""
_RIGHTS = ("Read", "Write", "List")


def make_secrets() -> dict[str, str]:
    """Return what each file is to hold, by its name. Passwords are of hexadecimal digits, which need no escapes."""
    passwords = {name: secrets.token_hex(32) for name in ("postgresql", "postgresql_mlflow", "mlflow")}
    keys = {name: (secrets.token_hex(10), secrets.token_hex(32)) for name in ("setup", *BUCKETS)}
    return {
        "postgresql_password": f"{passwords['postgresql']}\n",
        "postgresql_mlflow_password": f"{passwords['postgresql_mlflow']}\n",
        "postgresql_mlflow.conf": _libpq(passwords["postgresql_mlflow"]),
        "mlflow_password": f"{passwords['mlflow']}\n",
        "mlflow.htpasswd": f"{USER}:{_hash(passwords['mlflow'])}\n",
        "s3.json": _seaweedfs(keys),
        "s3_service": _aws({"default": keys["service"]}),
        "s3_mlflow": _aws({"default": keys["mlflow"]}),
        "s3_setup": _aws({"default": keys["setup"]} | {name: keys[name] for name in BUCKETS}),
    }


def write_secrets(folder: Path, files: Mapping[str, str]) -> None:
    """Write a folder that only its owner may enter.

    An engine mounts each file into a container of another user, with the rights that it has here: so all may read the
    files, and nobody gets at them but by such a mount.

    Raises:
        FileExistsError: There is one, with passwords that may be in use.
    """
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    part.chmod(0o700)
    for name, text in files.items():
        with (part / name).open("x", encoding="utf-8") as stream:
            os.fchmod(stream.fileno(), 0o444)
            stream.write(text)
    if folder.exists():
        raise FileExistsError(None, "is there already", str(folder))
    part.rename(folder)


def _libpq(password: str) -> str:
    """A service file of libpq: unlike one of passwords, it may be readable by all."""
    return f"[mlflow]\nhost=postgresql\nport=5432\ndbname=mlflow\nuser=mlflow\npassword={password}\n"


def _hash(password: str) -> str:
    """As nginx reads it; a password that cannot be guessed needs no slow hash, and nginx asks it at each request."""
    salt = secrets.token_bytes(8)
    digest = hashlib.sha1(password.encode() + salt, usedforsecurity=False).digest()
    return "{SSHA}" + base64.b64encode(digest + salt).decode()


def _seaweedfs(keys: Mapping[str, tuple[str, str]]) -> str:
    rights = {"setup": ["Admin", *_RIGHTS]} | {
        name: [f"{right}:{bucket}" for right in _RIGHTS] for name, bucket in BUCKETS.items()
    }
    identities = [
        {"name": name, "credentials": [{"accessKey": key, "secretKey": secret}], "actions": rights[name]}
        for name, (key, secret) in keys.items()
    ]
    return f"{json.dumps({'identities': identities}, indent=1)}\n"


def _aws(profiles: Mapping[str, tuple[str, str]]) -> str:
    """A file of credentials, as boto3 reads it."""
    return "".join(
        f"[{name}]\naws_access_key_id={key}\naws_secret_access_key={secret}\n"
        for name, (key, secret) in profiles.items()
    )
