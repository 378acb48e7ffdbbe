"""Lowercase letters as people print them: mostly small capitals, and some of the shapes that books have."""

from src.data.writer.paths import Letterforms, write_as
from src.data.writer.paths.print_uppercase import PRINT_UPPERCASE
from src.data.writer.paths.shrink import shrink

_OWN: Letterforms = {
    "а": (
        write_as("68,84 40,100 10,76 8,26 34,0 66,24", "70,100 70,0"),
        write_as("68,80 42,100 8,62 18,6 46,8 68,44 72,100! 72,20 84,2", weight=0.6),
        write_as("10,82 36,100 62,88 66,60 66,0", "66,58 26,54 6,28 22,2 48,4 66,26", weight=0.8),
    ),
    "б": (
        write_as("84,160 50,146 18,120 8,60 16,16 42,0 70,22 70,66 44,88 12,66"),
        write_as("80,150 30,144 10,100 8,30 36,0 72,24 66,70 36,84 10,64", weight=0.7),
        write_as("76,164 74,148 24,140 8,90 10,26 38,0 70,26 64,76 34,84 10,60", weight=0.4),
    ),
    "е": (
        write_as("10,50 72,54! 62,90 36,100 8,66 18,10 48,0 76,16"),
        write_as("8,48 40,50 70,62 56,96 22,92 6,44 28,2 72,12", weight=0.7),
    ),
    "і": (
        write_as("20,100 20,0", "20,134"),
        write_as("20,98 20,0", "22,128 18,144", weight=0.6),
        write_as("6,98 22,100! 22,0", "2,0 42,0", "22,136", weight=0.4),
        write_as("20,98 20,60 21,18 34,3", "20,134", weight=0.3),
    ),
    "ї": (
        write_as("24,98 24,0", "6,132", "42,132"),
        write_as("24,96 24,0", "8,122 6,138", "40,122 42,138", weight=0.6),
        write_as("8,96 24,98! 24,0", "4,0 44,0", "6,132", "42,132", weight=0.4),
        write_as("24,96 24,60 25,18 38,3", "8,132", "42,134", weight=0.3),
    ),
    "р": (
        write_as("8,100 8,-66", "8,80 36,100 68,84 66,24 36,4 8,22"),
        write_as("8,98 8,-64! 10,66 42,100 68,60 42,4 8,18", weight=0.7),
    ),
    "у": (
        write_as("6,100 42,16", "78,100 22,-54"),
        write_as("6,100 42,16! 78,100! 36,-32 18,-56 0,-48", weight=0.7),
        write_as("6,100 10,44 34,26 66,48", "72,100 66,-20 42,-58 6,-46", weight=0.7),
    ),
    "ф": (
        write_as("58,134 58,-48", "58,98 18,90 2,50 16,10 58,2 98,10 114,50 100,90 58,98"),
        write_as("56,96 18,98 2,48 18,2 56,6", "60,96 98,98 116,48 98,2 60,6", "58,128 58,-50", weight=0.7),
    ),
}

_RARE: dict[str, float] = {"а": 0.4, "б": 0.4, "е": 0.3, "р": 0.7, "у": 0.7, "ф": 0.6}
"""How much rarer small capitals are of letters that have a shape of their own."""
_NEVER = "ії"
"""A dot tells these from their capitals."""

PRINT_LOWERCASE: Letterforms = {
    letter: _OWN.get(letter, ()) + (() if letter in _NEVER else shrink(capitals, 2 / 3, _RARE.get(letter, 1.0)))
    for letter, capitals in PRINT_UPPERCASE.items()
}
