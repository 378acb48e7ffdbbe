"""The functions of OpenCV that `src.features.picture.normalize` calls, in torch's: pictures are (h, w)."""

import torch
from torch import Tensor
from torch.nn import functional


def median(values: Tensor) -> float:
    """Return the median of (n,) values."""
    ordered = values.flatten().sort()[0].to(torch.float64)
    middle = ordered.numel() // 2
    low = middle if ordered.numel() % 2 == 1 else middle - 1
    return float((ordered[low] + ordered[middle]) / 2)


def bounding_box(mask: Tensor) -> tuple[int, int, int, int]:
    """Return left, top, width and height of what is set in a bool mask; four zeros where nothing is."""
    rows, columns = mask.any(1).nonzero().flatten(), mask.any(0).nonzero().flatten()
    if rows.numel() == 0:
        return 0, 0, 0, 0
    top, left = int(rows[0]), int(columns[0])
    return left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1


def otsu(picture: Tensor) -> int:
    """Return Otsu's threshold of a uint8 picture, of equal ones that which OpenCV's order of summation finds."""
    counts: list[int] = torch.bincount(picture.flatten().to(torch.int64), minlength=256).tolist()
    total = float(picture.numel())
    mean = 0.0
    for grey in range(256):
        mean += grey * float(counts[grey]) / total
    best, found, share, below = 0.0, 0, 0.0, 0.0
    for grey in range(256):
        part = float(counts[grey]) / total
        below *= share
        share += part
        if min(share, 1 - share) >= 1.1920929e-07:
            below = (below + grey * part) / share
            above = (mean - share * below) / (1 - share)
            spread = share * (1 - share) * (below - above) ** 2
            if spread > best:
                best, found = spread, grey
    return found


def _sweep(distance: Tensor, nearest: Tensor) -> tuple[Tensor, Tensor]:
    """Carry distances, in 1/65536 px, downwards and to the right; of equal ones OpenCV's first is taken."""
    height, width = distance.shape
    wide = width + 4
    distances = torch.full([height + 2, wide], 1 << 40)
    distances[2:, 2:-2] = distance
    sources = torch.zeros([height + 2, wide], dtype=torch.int64)
    sources[2:, 2:-2] = nearest
    places = torch.tensor([2 * wide + 2, 1, 3, wide, wide + 1, wide + 2, wide + 3, wide + 4])
    window = places[:, None] + torch.arange(width)
    # 1, 1.4 and 2.1969 px; the order of the steps, in the lowest bits, tells equal distances apart.
    steps = torch.tensor([0, 143976, 143976, 143976, 91750, 65536, 91750, 143976])
    keys = (steps * 8 + torch.arange(8))[:, None]
    ramp = torch.arange(width) * 65536
    for row in range(height):
        key, chosen = (distances[row : row + 3].flatten()[window] * 8 + keys).min(dim=0)
        source = sources[row : row + 3].flatten()[window.gather(0, chosen[None])[0]]
        lowest, start = (key // 8 - ramp).cummin(0)
        distances[row + 2, 2:-2] = lowest + ramp
        sources[row + 2, 2:-2] = source[start]
    return distances[2:, 2:-2], sources[2:, 2:-2]


def distance_transform(mask: Tensor) -> tuple[Tensor, Tensor]:
    """Measure from each pixel to the nearest that is not set (Borgefors 1986, 5 x 5), at least one of which there is.

    Returns:
        Distances (h, w) float32, px, and the nearest pixels (h, w) int64, numbered row by row.
    """
    start = mask.to(torch.int64) * (1 << 40)
    distance, nearest = _sweep(start, torch.arange(mask.numel()).reshape(mask.shape))
    distance, nearest = _sweep(distance.flip(0, 1), nearest.flip(0, 1))
    return (distance.to(torch.float64) / 65536).to(torch.float32).flip(0, 1), nearest.flip(0, 1)


def blur(picture: Tensor, bell: Tensor) -> Tensor:
    """Smooth a picture by (n,) weights along both axes, n odd, mirrored at its edges; both are of one type."""
    radius = bell.numel() // 2
    padded = functional.pad(picture[None, None], [radius, radius, radius, radius], mode="reflect")
    across = functional.conv2d(padded, bell.reshape(1, 1, 1, -1))
    return functional.conv2d(across, bell.reshape(1, 1, -1, 1))[0, 0]


def gaussian(radius: int) -> Tensor:
    """Return (2 radius + 1,) float32 weights of a Gaussian whose sigma is 1."""
    bell = torch.exp(-(torch.arange(-radius, radius + 1).to(torch.float32) ** 2) / 2)
    return bell / bell.sum()


def _shares(before: int, after: int) -> Tensor:
    """Return (after, before): how much of each pixel after shrinking comes from each before."""
    scale = before / after
    edges = torch.arange(after + 1).to(torch.float64) * scale
    low, high = edges[:-1, None], edges[1:, None]
    pixel = torch.arange(before).to(torch.float64)
    return (torch.minimum(high, pixel + 1) - torch.maximum(low, pixel)).clamp(min=0.0) / scale


def resize(picture: Tensor, height: int, width: int) -> Tensor:
    """Scale a float64 picture of greys: by a cubic where it grows, by means of areas where not; whole greys again."""
    if max(height, width) > max(picture.shape[0], picture.shape[1]):
        scaled = functional.interpolate(picture[None, None], size=[height, width], mode="bicubic")[0, 0]
    else:
        scaled = _shares(picture.shape[0], height) @ picture @ _shares(picture.shape[1], width).t()
    return scaled.round().clamp(0, 255)


def tents(start: float, step: float, count: int, size: int) -> Tensor:
    """Return (count, size): how much of each of `size` pixels a linear interpolation at `start + n step` takes."""
    at = start + step * torch.arange(count).to(torch.float64)
    return (1 - (at[:, None] - torch.arange(size)).abs()).clamp(min=0.0).to(torch.float32)
