"""Digits as people print them: those of school and MNIST, and some more that are common in Ukraine.

Not all of the former: a 1 that is a mere line, and a 4 whose bar ends at its stem, are also how І and Ч are printed.
"""

from src.data.writer.paths import Letterforms, write_as
from src.data.writer.paths.digits import DIGITS

_MORE: Letterforms = {
    "0": (write_as("46,148 18,120 14,40 44,0 74,36 76,112 46,149", weight=0.6),),
    "1": (
        write_as("0,84 46,150! 46,0"),
        write_as("2,92 44,150! 44,0", "10,0 80,0", weight=0.5),
        write_as("8,112 46,150! 46,0", weight=0.5),
    ),
    "2": (
        write_as("10,124 40,150 76,126 66,84 6,0! 86,0", weight=0.8),
        write_as("8,128 44,150 74,112 40,50 18,8 6,14 20,24 48,6 92,10", weight=0.3),
    ),
    "3": (
        write_as("8,126 42,150 72,118 38,82! 82,60 76,12 38,0 2,24", weight=0.7),
        write_as("6,148 78,148! 38,90! 80,72 84,28 46,0 4,16", weight=0.6),
    ),
    "4": (
        write_as("12,150 8,66! 96,66", "68,116 64,0", weight=0.8),
        write_as("14,150 8,72! 96,72", "72,150 72,0", weight=0.5),
        write_as("68,0 68,150! 2,46! 98,46", weight=0.7),
    ),
    "5": (
        write_as("80,150 18,150! 14,86! 54,96 84,62 70,8 30,0 4,16", weight=0.8),
        write_as("20,150 14,84! 52,96 82,60 66,6 28,0 2,18", "20,148 86,148", weight=0.8),
    ),
    "6": (write_as("64,150 24,84 10,34 36,0 76,20 70,68 36,76 12,46", weight=0.7),),
    "7": (
        write_as("6,148 86,148! 36,0", "20,74 80,74", weight=1.2),
        write_as("8,128 8,148! 86,148! 40,0", weight=0.3),
        write_as("6,148 84,148! 58,90 48,0", "26,80 84,84", weight=0.4),
    ),
    "8": (
        write_as("46,82 18,112 44,150 74,116 46,82", "46,82 10,42 46,0 82,42 46,82", weight=0.4),
        write_as("74,136 44,150 18,120 46,82 78,40 46,0 12,36 46,84 74,116 68,140", weight=0.6),
    ),
    "9": (
        write_as("72,118 48,150 14,130 12,92 42,76 72,100! 72,150! 70,0", weight=0.4),
        write_as("74,120 44,150 12,116 34,78 70,98 76,126! 70,60 34,0", weight=0.7),
    ),
}

_ALSO_A_LETTER = {DIGITS["1"][1], DIGITS["4"][2]}

PRINT_DIGITS: Letterforms = {
    digit: tuple(form for form in DIGITS[digit] if form not in _ALSO_A_LETTER) + more for digit, more in _MORE.items()
}
