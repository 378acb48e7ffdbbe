"""`src.features.picture.normalize` in torch's functions, so that TorchScript carries it to where there is no Python.

It follows that module step by step, where the reasons are given; a test holds the two together. What `ink` does with
paper that is not even, with dust and with a form's cells is not in it: such pictures are for Python.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from src.features.picture.frame import BOX, PEN
from src.release.scripted_picture import blur, bounding_box, distance_transform, gaussian, median, otsu, resize, tents


class Normalize(nn.Module):
    """Turns a grey picture of any size into what the network is given."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side, self.box, self.pen = side, BOX, PEN

    def forward(self, grey: Tensor) -> tuple[Tensor, Tensor]:
        """Return the (side, side) uint8 image of a (h, w) uint8 picture, and its relative height, NaN if blank."""
        blank = torch.zeros([self.side, self.side], dtype=torch.uint8), torch.tensor(float("nan"))
        if grey.numel() == 0:
            return blank
        border = torch.cat([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
        ink = (grey.to(torch.int16) - int(median(border))).abs()
        spread = int(border.max()) - int(border.min())
        if spread > 14 and min(grey.shape[0], grey.shape[1]) >= 32 and not self._is_drawn(ink):
            raise RuntimeError("the paper is not even: cut the character out, or read the picture with Python")
        if int(ink.max()) < 24:
            return blank
        threshold = self._threshold(ink)
        left, top, width, height = bounding_box(ink > threshold)
        ink = ink[top : top + height, left : left + width]
        enlarged = self._enlarge(self._thicken(ink, ink > threshold).to(torch.float64))
        strokes = enlarged > min(threshold, float(enlarged.max()) / 2)
        return self._redraw(strokes), torch.tensor(height / grey.shape[0])

    def _is_drawn(self, ink: Tensor) -> bool:
        sure = int((ink <= 8).sum()) + int((ink >= int(ink.max()) - 8).sum())
        return sure >= 0.97 * ink.numel()

    def _threshold(self, ink: Tensor) -> float:
        low = otsu(ink)
        above = int(ink[ink > low].min())
        return min((low + above) / 2, 0.485 * float(ink.max()))

    def _thicken(self, ink: Tensor, mask: Tensor) -> Tensor:
        scale = 80 / max(mask.shape[0], mask.shape[1])
        depth = distance_transform(functional.pad(mask, [1, 1, 1, 1]))[0]
        pen = scale * (4 * float(depth[depth > 0].mean()) - 3)
        if pen >= 3:
            return ink
        radius = math.ceil((4.5 - pen) / scale / 2)
        around = ~functional.pad(mask, [radius, radius, radius, radius])
        return (distance_transform(around)[0] <= radius).to(torch.int16) * 255

    def _enlarge(self, ink: Tensor) -> Tensor:
        height, width = ink.shape
        scale = 80 / max(height, width)
        rows = max(1, int(round(height * scale)))  # noqa: RUF046 - in TorchScript round gives a float
        columns = max(1, int(round(width * scale)))  # noqa: RUF046
        enlarged = resize(ink, rows, columns)
        framed = functional.pad(enlarged, [8, 8, 8, 8])
        if scale <= 1:
            return framed
        # OpenCV blurs bytes by whole weights: these are those of sigma 1.5.
        bell = torch.tensor([2, 9, 28, 55, 68, 55, 28, 9, 2], dtype=torch.float64) / 256
        return (blur(framed, bell) + 0.5).floor()

    def _redraw(self, mask: Tensor) -> Tensor:
        depth = distance_transform(mask)[0]
        ridge = self._ridge(depth)
        _, _, width, height = bounding_box(ridge)
        radius = self.pen / 2 * max(width, height, 8) / (self.box - self.pen)
        usual = median(depth[ridge])
        radii = radius * ((depth / usual) ** 0.6).clamp(0.45, 2.0)
        distance, nearest = distance_transform(~ridge)
        line = radii.flatten()[nearest] - distance
        excess = usual - radius
        if excess > 0:
            line = torch.maximum(line, depth - max(excess, 0.75) - 0.25)
        return self._place((line + 0.5).clamp(0, 1) * 255)

    def _ridge(self, depth: Tensor) -> Tensor:
        smooth = blur(depth, gaussian(4))
        highest = functional.max_pool2d(smooth[None], 3, stride=1, padding=1)[0]
        ridge = (smooth >= highest - 0.35) & (depth > 1)
        return ridge | self._faint(depth, ridge) if bool(ridge.any()) else depth > 0

    def _faint(self, depth: Tensor, ridge: Tensor) -> Tensor:
        ink = (depth > 0)[None].to(torch.float32)
        near = functional.max_pool2d(ridge[None].to(torch.float32), 7, stride=1, padding=3)[0]
        deepest = depth >= functional.max_pool2d(depth[None], 5, stride=1, padding=2)[0]
        amount = 25 * functional.avg_pool2d(ink, 5, stride=1, padding=2)[0]
        return (ink[0] > 0) & (near == 0) & deepest & (amount > 4.5)

    def _place(self, drawn: Tensor) -> Tensor:
        left, top, width, height = bounding_box(drawn > 127)
        fine = 4 * self.side
        step = max(width, height, 8) / (fine * self.box)
        reach = step * (fine - 1) / 2
        down = tents(top + (height - 1) / 2 - reach, step, fine, drawn.shape[0])
        across = tents(left + (width - 1) / 2 - reach, step, fine, drawn.shape[1])
        small = functional.avg_pool2d((down @ drawn @ across.t())[None], 4)[0]
        return (small + 0.5).clamp(0, 255).to(torch.uint8)
