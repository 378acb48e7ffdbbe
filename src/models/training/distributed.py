"""Training in several processes, of one machine or many: torchrun starts them, and they agree on what they begin with.

The first process, of rank 0, is the one that writes files, tells MLflow and shows progress; the others compute.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import torch
from torch import distributed
from torch.distributed.distributed_c10d import PrefixStore
from torch.distributed.rendezvous import rendezvous

from src.common.errors import InputError, WorkError
from src.config.sections import Compute
from src.models.training.device import Machine, prepare_machine

Value = TypeVar("Value")

_STARTED_BY = os.getppid()
"""The torchrun above, asked before anything slow: who loses it before would take its heir for it, and never end."""
_GRACE_SECONDS = 5.0
"""So long may a process take to close what is open when its torchrun has been killed."""


@contextmanager
def joined_machine(settings: Compute) -> Iterator[Machine]:
    """Yield the prepared machine; where torchrun has started several processes, this one has joined the others.

    A process other than the first then logs errors alone, and each ends when its torchrun has been killed.

    Raises:
        InputError: `compute.device` names a device that this machine lacks, or of which it has too few.
        WorkError: Another process has ended while this one was at work with it.
    """
    rank, processes = (int(os.environ.get(name, default)) for name, default in (("RANK", 0), ("WORLD_SIZE", 1)))
    if processes == 1:
        yield prepare_machine(settings)
        return
    if rank > 0:
        logging.disable(logging.WARNING)
    threading.Thread(target=_end_with, args=(_STARTED_BY,), daemon=True).start()
    _take_own_device(int(os.environ.get("LOCAL_RANK", rank)))
    machine = prepare_machine(settings, rank, processes)
    with _others_may_end():
        _join("nccl" if machine.device.type == "cuda" else "gloo")
        yield machine
        distributed.destroy_process_group()


def _join(backend: str) -> None:
    """Meet the other processes in a part of torchrun's store that those of an earlier start have not written to.

    Otherwise restarted processes look for the addresses of the dead (pytorch #135712).
    """
    store, rank, processes = next(rendezvous("env://"))
    own = PrefixStore(f"restart_{os.environ.get('TORCHELASTIC_RESTART_COUNT', '0')}", store)
    distributed.init_process_group(backend, store=own, rank=rank, world_size=processes)


def of_first(value: Value, machine: Machine) -> Value:
    """Return, in every process, what the first one calls this with."""
    if machine.processes == 1:
        return value
    box = [value]
    distributed.broadcast_object_list(box)
    return box[0]


def check_equal(key: str, machine: Machine) -> None:
    """Make sure that all processes were given the same key.

    Args:
        key: Named after the params, the data and the code.
        machine: With one process nothing is checked.

    Raises:
        InputError: One of them differs.
    """
    if machine.processes == 1:
        return
    keys = [key] * machine.processes
    distributed.all_gather_object(keys, key)
    if len(set(keys)) > 1:
        raise InputError("the processes have different params, data or code; give each machine the same commit and "
                         "the same tables (`dvc pull`), and start again")  # fmt: skip


@contextmanager
def _others_may_end() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:  # gloo's errors are of no class of their own
        if not (isinstance(error, distributed.DistError) or "gloo" in str(error)):
            raise
        raise WorkError("another process of this training has ended, and says why if it could; "
                        "start it again: it goes on after the last epoch that was saved") from None  # fmt: skip


def _take_own_device(local_rank: int) -> None:
    """Let `cuda` mean another GPU in each process of a machine."""
    if not torch.cuda.is_available():
        return
    if local_rank >= torch.cuda.device_count():
        raise InputError(f"this machine has {torch.cuda.device_count()} GPUs, and torchrun starts more processes; "
                         "lower --nproc-per-node")  # fmt: skip
    torch.cuda.set_device(local_rank)


def _end_with(parent: int) -> None:
    """Stop this process once its torchrun is gone: killed with SIGKILL, it could not stop those it had started."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    # Python hears of SIGTERM only after gloo, which was seen waiting for ever for a process that had been killed.
    os.kill(os.getpid(), signal.SIGKILL)
