"""Make the bucket where it is missing, and see that what is written to it can be read: the service and MLflow need it.

The address and the account are boto3's variables (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).
"""

import logging
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_PROBE = "pysar-probe"
_OURS = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}

logger = logging.getLogger(__name__)


def make_bucket(name: str) -> None:
    """Make a bucket that is usable by this account; it may be there already.

    Raises:
        BotoCoreError, ClientError: The store is away or refuses.
    """
    # The store may have just been started: boto3 tries again, ever more seldom.
    settings = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 6})
    s3 = boto3.client("s3", config=settings)
    try:
        s3.create_bucket(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _OURS:
            raise
    s3.put_object(Bucket=name, Key=_PROBE, Body=b"pysar")
    s3.get_object(Bucket=name, Key=_PROBE)["Body"].read()
    s3.delete_object(Bucket=name, Key=_PROBE)


def main() -> int:
    """Make the bucket that the one argument names; return the exit status."""
    logging.basicConfig(format="%(message)s")
    logger.setLevel(logging.INFO)
    match sys.argv[1:]:
        case [name]:
            pass
        case _:
            logger.error("Error: say the bucket's name, and nothing else: python make_bucket.py pysar")
            return 2
    try:
        make_bucket(name)
    except (BotoCoreError, ClientError) as error:
        logger.error("Error: s3://%s: %s; see that the store runs and takes this account", name, error)  # noqa: TRY400 - one line
        return 1
    logger.info("s3://%s can be written and read", name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
