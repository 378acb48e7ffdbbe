"""Latin letters that look like no Ukrainian letter and no digit, as they are printed by hand."""

from src.data.writer.paths import Letterforms, write_as

LATIN: Letterforms = {
    "F": (write_as("14,148 10,0", "14,148 84,150", "12,82 66,84"),),
    "L": (write_as("14,150 10,2! 76,0"),),
    "N": (write_as("10,0 14,150! 84,0! 88,150"),),
    "Q": (write_as("50,150 22,136 8,90 16,24 48,0 82,24 88,90 72,138 50,150", "54,44 104,-14"),),
    "R": (write_as("14,0 16,150", "16,148 60,150 80,116 60,80 16,74! 84,0"),),
    "f": (write_as("70,148 52,165 34,142 28,70 26,0", "2,98 60,100"),),
    "h": (write_as("10,165 10,0", "10,60 32,96 58,98 68,66 68,0"),),
}
