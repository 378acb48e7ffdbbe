"""Smooth curves through given points, by John Hobby's splines.

J. D. Hobby, "Smooth, easy to compute interpolating splines", Discrete and Computational Geometry 1 (1986): the curves
of METAFONT, made for letters. Points are complex numbers here, as the method's algebra is about turning angles.
"""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.complex128]

_STEPS = 8


def smooth_curve(points: Points, steps: int = _STEPS) -> Points:
    """Return a polyline through (n,) points, `steps` pieces between each two; curl 1 at the ends.

    Neighbouring points must differ. One point alone, or two, are returned as they are.
    """
    if len(points) < 3:
        return points
    chords = np.diff(points)
    turns = np.angle(chords[1:] / chords[:-1])
    leaving = _leaving_angles(np.abs(chords), turns)
    arriving = -leaving[1:] - np.append(turns, 0.0)
    leaving = leaving[:-1]
    first = points[:-1] + np.exp(1j * leaving) * chords * _velocity(leaving, arriving)
    second = points[1:] - np.exp(-1j * arriving) * chords * _velocity(arriving, leaving)
    time = np.arange(steps)[None, :] / steps
    curve = (
        (1 - time) ** 3 * points[:-1, None]
        + 3 * time * (1 - time) ** 2 * first[:, None]
        + 3 * time**2 * (1 - time) * second[:, None]
        + time**3 * points[1:, None]
    )
    return np.append(curve.ravel(), points[-1])


def _leaving_angles(lengths: NDArray[np.float64], turns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve for the angle between each chord and the curve's direction where it leaves the chord's start."""
    count = len(lengths) + 1
    pull = 1 / lengths
    system = np.zeros((count, count))
    system[0, :2] = 1
    system[-1, -2:] = 1
    inner = np.arange(1, count - 1)
    system[inner, inner - 1] = pull[:-1]
    system[inner, inner] = 2 * (pull[:-1] + pull[1:])
    system[inner, inner + 1] = pull[1:]
    next_turns = np.append(turns[1:], 0.0)
    wanted = np.concatenate([[-turns[0]], -2 * pull[:-1] * turns - pull[1:] * next_turns, [0.0]])
    return np.asarray(np.linalg.solve(system, wanted), np.float64)


def _velocity(near: NDArray[np.float64], far: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far a control point lies along its tangent, as a fraction of the chord."""
    lift = np.sqrt(2) * (np.sin(near) - np.sin(far) / 16) * (np.sin(far) - np.sin(near) / 16)
    lift *= np.cos(near) - np.cos(far)
    root = np.sqrt(5)
    stretch = 1 + (root - 1) / 2 * np.cos(near) + (3 - root) / 2 * np.cos(far)
    return np.asarray((2 + lift) / (3 * stretch), np.float64)
