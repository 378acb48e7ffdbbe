"""What a picture may cost, by what is known of it: its bytes, and the pixels that it says it has."""

from typing import NamedTuple

from src.serving.reading.job import Job

QUICK_PIXELS, QUICK_BYTES, QUICK_SECONDS = 1_000_000, 100_000, 0.05
"""What a small picture may be and cost: most take a millisecond or two, and many times that where much goes on."""
SECOND_SECONDS = 0.1
"""What it may cost when it is tried again, for a busy machine makes some seem costly that are not."""
MEDIUM_PIXELS = 1_500_000
_BASE_SECONDS, _SECONDS_A_PIXEL, _SECONDS_A_BYTE = 0.3, 2e-7, 5e-8
"""Of the processor: at least twice what the slowest format and the worst ink take."""
_BASE_BYTES, _BYTES_A_PIXEL, _COPIES = 32_000_000, 12, 3
"""Of memory: what a decoder takes of any picture, what a pixel takes in the most demanding mode and format
(tests/features/decoding/test_picture_file_memory.py), and how often the file is held."""


class Wanted(NamedTuple):
    """What is to be read.

    content: The picture, or a form with it.
    side: Of the glyph's picture, px.
    largest: A picture of more pixels is refused.
    form: Content type of the form.
    """

    content: bytes
    side: int
    largest: int
    form: str = ""

    def quick_job(self) -> Job:
        """Return the job of reading it as a small one."""
        return self._job(QUICK_PIXELS, QUICK_SECONDS)

    def second_job(self, nice: int) -> Job:
        """Return the job of reading it as a small one once more."""
        return self._job(QUICK_PIXELS, SECOND_SECONDS, nice)

    def job(self, room: int, nice: int) -> Job:
        """Return the job of reading it with all the time that so many pixels promise."""
        return self._job(room, _BASE_SECONDS + _SECONDS_A_PIXEL * room + _SECONDS_A_BYTE * len(self.content), nice)

    def _job(self, room: int, seconds: float, nice: int = 0) -> Job:
        memory = _BASE_BYTES + _BYTES_A_PIXEL * room + _COPIES * len(self.content)
        return Job(self.form, self.side, self.largest, room, seconds, memory, nice)
