"""Letters in the format of CoMNIST, which people drew on touch screens: a zip of 278x278 PNG, a folder a letter."""

import string
from pathlib import Path

import numpy as np

from src.data.corpora.packed import write_packed
from src.data.corpora.png import encode_png
from src.data.writer.draw import Writing, centre, write_glyph
from src.data.writer.pen import draw_ink
from src.features.labels import LETTERS

_DRAWN = "".join(letter for letter in LETTERS if letter not in "ґєї")
_SIDE = 278
_MARGIN = 4
_THICK, _THIN = 14.0, 6.0
_CAPITALS = 0.85


def write_touch_screen(folder: Path, per_class: int, seed: int) -> None:
    """Write `comnist.zip`: `<letter>/<name>.png`, `per_class` pictures of each of 30 letters, most of them capitals.

    As upstream, CoMNIST's pictures have names of 13 hexadecimal characters and a thick pen. The Kazakh additions have
    names of 10 letters and a thin pen: `і`, and `қ` and `ө`, which lie among `к` and `о` and are no Ukrainian letters.

    Raises:
        OSError: The disk is full or the folder cannot be written.
    """
    generator = np.random.default_rng(np.random.SeedSequence(seed).spawn(5)[4])
    members = {}
    for letter in _DRAWN:
        for _ in range(per_class):
            if letter == "і":
                members[f"{letter}/{_ten_letters(generator)}.png"] = _draw(letter, False, _THIN, generator)
            else:
                name = f"{letter}/{generator.integers(16**13):013x}.png"
                members[name] = _draw(letter, generator.random() < _CAPITALS, _THICK, generator)
    for letter in "ко":
        for _ in range(-(-per_class // 2)):
            members[f"{letter}/{_ten_letters(generator)}.png"] = _draw_kazakh(letter, generator)
    write_packed(folder / "comnist.zip", members)


def _ten_letters(generator: np.random.Generator) -> str:
    return "".join(generator.choice(list(string.ascii_lowercase), 10))


def _draw(letter: str, is_uppercase: bool, pen: float, generator: np.random.Generator) -> bytes:
    return _place(write_glyph(letter, is_uppercase, generator), pen, generator)


def _draw_kazakh(letter: str, generator: np.random.Generator) -> bytes:
    """Draw қ as к with a tail, ө as о with a bar."""
    writing = write_glyph(letter, True, generator)
    if letter == "к":
        points = np.concatenate(writing.lines)
        foot = points[np.argmax(points.real + points.imag)]
        stroke = np.array([foot, foot + 0.2j * writing.extent.imag])
    else:
        stroke = np.array([-0.5, 0.5]) * writing.extent.real + 0j
    return _place(centre([*writing.lines, stroke], writing.nib), _THIN, generator)


def _place(writing: Writing, pen: float, generator: np.random.Generator) -> bytes:
    """Draw a writing at some size, somewhere on the canvas."""
    fitted = writing.fit(generator.uniform(130, 215), pen)
    room = (_SIDE * (1 + 1j) - fitted.extent) / 2 - _MARGIN * (1 + 1j)
    shift = complex(generator.uniform(-1, 1) * room.real, generator.uniform(-1, 1) * room.imag)
    ink = draw_ink([line + shift for line in fitted.lines], fitted.nib, _SIDE)
    return encode_png(np.repeat(255 - ink[..., None], 3, axis=2))
