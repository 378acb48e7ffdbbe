"""Where the network is trained, how precisely, and with what promise of equal bytes."""

import logging
import os
from contextlib import AbstractContextManager
from typing import NamedTuple

import torch

from src.common.cores import allowed_cores
from src.common.errors import InputError
from src.config.sections import Compute

logger = logging.getLogger(__name__)


class Machine(NamedTuple):
    """The device, whether forward passes run in bfloat16, and which of how many processes this is (`distributed`)."""

    device: torch.device
    bfloat16: bool
    rank: int = 0
    processes: int = 1

    def autocast(self) -> AbstractContextManager[object]:
        """Run what is inside in bfloat16 where that was chosen."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.bfloat16)

    def describe(self) -> str:
        """Say all of the machine that can change the last bit of a result."""
        count = torch.get_num_threads()
        threads = f", {count} thread{'s' if count > 1 else ''}" if self.device.type == "cpu" else ""
        precision = "bfloat16" if self.bfloat16 else "float32"
        others = f", {self.processes} processes" if self.processes > 1 else ""
        return f"{_name(self.device)}{threads}, {precision}, torch {torch.__version__}{others}"


def prepare_machine(settings: Compute, rank: int = 0, processes: int = 1) -> Machine:
    """Choose device and precision, and ask torch for algorithms that give the same bytes every time.

    Args:
        settings: The section `compute`.
        rank: Which of the processes this is, from 0.
        processes: How many learn together.

    Raises:
        InputError: `compute.device` names a device that this machine lacks.
    """
    # cuBLAS reads this when it starts; without it CUDA refuses deterministic products.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    _use_allowed_cores()
    device = _choose_device(settings.device)
    torch.use_deterministic_algorithms(True, warn_only=device.type != "cpu")
    torch.backends.cudnn.benchmark = False
    bfloat16 = _gains_by_bfloat16(device) if settings.precision == "auto" else settings.precision == "bfloat16"
    machine = Machine(device, bfloat16, rank, processes)
    logger.info("running on %s", machine.describe())
    return machine


def _use_allowed_cores() -> None:
    """Start no more threads than a container's quota lets run, of which OpenMP knows nothing."""
    if "OMP_NUM_THREADS" not in os.environ and torch.get_num_threads() > allowed_cores():
        torch.set_num_threads(allowed_cores())


def _choose_device(name: str) -> torch.device:
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, there in available.items() if there))
    if not available[name]:
        raise InputError(f"params.yaml: compute.device: this machine has no {name}; set it to auto")
    return torch.device(name)


def _gains_by_bfloat16(device: torch.device) -> bool:
    """Say where bfloat16 is faster: measured 3x on CPUs with AMX, 1.4x on an AMD with AVX512-BF16, slower on others."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    found = torch.cpu.get_capabilities() if device.type == "cpu" else {}
    return any(found.get(name, False) for name in ("amx_bf16", "avx512_bf16"))


def _name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return str(torch.cpu.get_capabilities().get("cpu_name", "CPU")) if device.type == "cpu" else device.type
