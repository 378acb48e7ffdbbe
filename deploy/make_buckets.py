"""Make the buckets that are missing, and see that each account can use its own, and no other.

The address is boto3's variable AWS_ENDPOINT_URL; the accounts are profiles of AWS_SHARED_CREDENTIALS_FILE: the default
one makes the buckets, and each other has the name by which an argument gives it a bucket.
"""

import logging
import sys
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_PROBE = "pysar-probe"
_OURS = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}
_REFUSED = {"AccessDenied", "403", "Forbidden"}

logger = logging.getLogger(__name__)


class RightsError(Exception):
    """An account may do what it should not."""


def make_buckets(buckets: dict[str, str]) -> None:
    """Make each bucket and try each account at all of them.

    Args:
        buckets: By the account's name.

    Raises:
        BotoCoreError, ClientError: The store is away, or refuses what should be allowed.
        RightsError: It allows what should be refused.
    """
    setup = _client("default")
    for name in buckets.values():
        try:
            setup.create_bucket(Bucket=name)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _OURS:
                raise
    for account, own in buckets.items():
        _use(account, own)
        for other in buckets.values():
            if other != own:
                _be_refused(account, other)


def _use(account: str, bucket: str) -> None:
    s3 = _client(account)
    s3.put_object(Bucket=bucket, Key=_PROBE, Body=b"pysar")
    s3.get_object(Bucket=bucket, Key=_PROBE)["Body"].read()
    s3.list_objects_v2(Bucket=bucket, MaxKeys=1)
    s3.delete_object(Bucket=bucket, Key=_PROBE)


def _be_refused(account: str, bucket: str) -> None:
    s3 = _client(account)
    attempts: dict[str, Callable[[], object]] = {
        "write to": lambda: s3.put_object(Bucket=bucket, Key=_PROBE, Body=b"pysar"),
        "list": lambda: s3.list_objects_v2(Bucket=bucket, MaxKeys=1),
        "read": lambda: s3.get_object(Bucket=bucket, Key=_PROBE),
        "delete from": lambda: s3.delete_object(Bucket=bucket, Key=_PROBE),
    }
    for what, attempt in attempts.items():
        try:
            attempt()
        except ClientError as error:
            if error.response["Error"]["Code"] not in _REFUSED:
                raise
        else:
            raise RightsError(f"{account} may {what} s3://{bucket}, which is not its own")


def _client(account: str) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
    # The store may have just been started: boto3 tries again, ever more seldom.
    settings = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 6})
    return boto3.Session(profile_name=account).client("s3", config=settings)


def main(arguments: list[str] | None = None) -> int:
    """Make the buckets that the arguments name, `account=bucket` each; return the exit status."""
    logging.basicConfig(format="%(message)s")
    logger.setLevel(logging.INFO)
    pairs = [word.partition("=") for word in (sys.argv[1:] if arguments is None else arguments)]
    buckets = {account: bucket for account, _, bucket in pairs}
    if not buckets or not all(account and bucket for account, bucket in buckets.items()):
        logger.error("Error: say accounts and their buckets: python make_buckets.py service=pysar-samples")
        return 2
    try:
        make_buckets(buckets)
    except (BotoCoreError, ClientError) as error:
        logger.error("Error: %s: %s; see that the store runs and takes these accounts", list(buckets.values()), error)  # noqa: TRY400 - one line
        return 1
    except RightsError as error:
        logger.error("Error: %s; correct the store's accounts", error)  # noqa: TRY400 - as above
        return 1
    logger.info("%s: each account can use its own bucket, and no other", ", ".join(buckets.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
