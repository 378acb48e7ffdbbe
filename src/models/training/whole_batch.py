"""A network that several processes compute together, each a part of a batch's rows, as one would compute the whole.

Every process holds all rows and draws the same random numbers, so each has the same batch, augmented in the same way.
It computes the logits of its own rows and is given those of the others; the loss is then that of the whole batch, in
every process, whatever it is a mean of. Means and variances of batch normalisation, and the masks of dropout, are
those of the whole batch too: torch's SyncBatchNorm needs GPUs, and knows no equal masks.
"""

from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.nn import functional
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.parallel import DistributedDataParallel

from src.common.errors import InputError
from src.models.network.network import Logits
from src.models.training.device import Machine


def learning_together(network: nn.Module, machine: Machine) -> nn.Module:
    """Return what computes the logits of a training batch, and whose gradients are equal in all processes.

    It is made anew where other parts are to learn. Weights and statistics are then made equal to those of the first
    process, which the arithmetic of another kind of processor may have led astray by a bit.

    Args:
        network: In training mode, frozen parts excepted. With several processes its batch normalisations and dropouts
            are replaced by those of the whole batch; parameters and buffers stay the same tensors of the same names.
        machine: With one process the network itself is returned, untouched.
    """
    if machine.processes == 1:
        return network
    share = _Share(machine.rank, machine.processes)
    for name, layer in list(network.named_modules()):
        if isinstance(layer, _BatchNorm):
            network.set_submodule(name, _WholeBatchNorm(layer, share))
        elif isinstance(layer, nn.Dropout):
            network.set_submodule(name, _WholeDropout(layer, share))
    return _Together(DistributedDataParallel(network, forward_sync_buffers=False), share)


def reading_together(network: nn.Module, machine: Machine) -> nn.Module:
    """Return what computes the logits of a batch without learning from it: the network itself in a single process."""
    return network if machine.processes == 1 else _Together(network, _Share(machine.rank, machine.processes))


class _Share:
    """Which rows of the batch at hand are this process's; `rows` is how many it has in all."""

    def __init__(self, rank: int, processes: int) -> None:
        self.rank, self.processes, self.rows = rank, processes, 0

    @property
    def own(self) -> slice:
        return slice(self.rows * self.rank // self.processes, self.rows * (self.rank + 1) // self.processes)


class _Together(nn.Module):
    """Gives every process the logits of all rows, of which it has computed its own."""

    def __init__(self, network: nn.Module, share: _Share) -> None:
        super().__init__()
        self.network, self.share = network, share

    def forward(self, image: Tensor, relative_height: Tensor) -> Logits:
        self.share.rows = len(image)
        if torch.is_grad_enabled() and len(image) < self.share.processes:
            raise InputError(f"a batch of {len(image)} rows is too small for {self.share.processes} processes; "
                             "start fewer, or raise batch_size in params.yaml")  # fmt: skip
        own = self.share.own
        logits: Logits = self.network(image[own], relative_height[own])
        return Logits(*(_joined(part, own.start, len(image)) for part in logits))


class _WholeBatchNorm(_BatchNorm):
    """Normalises by mean and variance of the rows of all processes."""

    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor
    momentum: float

    def __init__(self, layer: _BatchNorm, share: _Share) -> None:
        super().__init__(layer.num_features, layer.eps, layer.momentum)
        for name, tensor in [*layer.named_parameters(), *layer.named_buffers()]:
            setattr(self, name, tensor)
        self.train(layer.training)
        self.share = share

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  # the base class calls it so
        if not self.training:
            return super().forward(input)
        variance, mean = torch.var_mean(input.to(self.weight.dtype), [0, *range(2, input.dim())], correction=0)
        count = torch.full_like(mean, input.numel() / self.num_features)
        local = torch.stack([count, mean, variance]).unsqueeze(0)
        count, mean, variance = self._pooled(*_joined(local, self.share.rank, self.share.processes).unbind(1))
        self._remember(count, mean.detach(), variance.detach())
        scale = self.weight * torch.rsqrt(variance + self.eps)
        shape = [-1, *[1] * (input.dim() - 2)]
        return (input * scale.view(shape) + (self.bias - mean * scale).view(shape)).to(input.dtype)

    def _check_input_dim(self, input: Tensor) -> None:  # noqa: A002  # the base class asks before it computes
        """Take pictures and features alike."""

    @staticmethod
    def _pooled(counts: Tensor, means: Tensor, variances: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return (channels,) of the whole batch for (processes, channels) of its parts (Chan et al., 1979)."""
        count = counts.sum(dim=0)
        mean = (counts * means).sum(dim=0) / count
        return count, mean, (counts * (variances + (means - mean).square())).sum(dim=0) / count

    @torch.no_grad()
    def _remember(self, count: Tensor, mean: Tensor, variance: Tensor) -> None:
        self.num_batches_tracked += 1
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * count / (count - 1), self.momentum)


class _WholeDropout(nn.Dropout):
    """Draws the mask of the whole batch, as every process does, and applies its own rows."""

    def __init__(self, layer: nn.Dropout, share: _Share) -> None:
        super().__init__(layer.p)
        self.train(layer.training)
        self.share = share

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  # the base class calls it so
        if not self.training:
            return input
        ones = input.new_ones((self.share.rows, *input.shape[1:]))
        return input * functional.dropout(ones, self.p)[self.share.own]


class _Sum(torch.autograd.Function):
    """The sum over all processes, each of which goes on from it to the same loss or to a part of it.

    The gradient is the sum of theirs. Where all go on to the same loss that is as many times its gradient as there
    are processes, of which `DistributedDataParallel` then takes the mean over the processes.
    """

    @staticmethod
    def forward(_context: Any, tensor: Tensor) -> Tensor:  # noqa: ANN401  # torch does not say what it hands over
        total = tensor.clone(memory_format=torch.contiguous_format)
        distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(_context: Any, gradient: Tensor) -> Tensor:  # noqa: ANN401  # as above
        return _Sum.forward(None, gradient)


def _joined(part: Tensor, start: int, rows: int) -> Tensor:
    """Return all `rows` in every process, of which `part` are this one's, beginning at `start`."""
    before, after = (part.new_zeros((count, *part.shape[1:])) for count in (start, rows - start - len(part)))
    total: Tensor = _Sum.apply(torch.cat([before, part, after]))
    return total
