"""Text that somebody else wrote, made safe to show: terminals obey escapes, and some characters hide others."""


def printable(text: str, *, lines: bool = False) -> str:
    r"""Return a text with what is no visible character as an escape: ESC as `\x1b`, a line break as `\n`.

    So are characters that turn the direction of writing, that have no width, and halves of surrogate pairs.

    Args:
        text: Whatever it holds.
        lines: Line breaks and tabs stay: the text is ours, of more than one line.
    """
    kept = "\n\t" if lines else ""
    return "".join(each if each.isprintable() or each in kept else _escape(each) for each in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
