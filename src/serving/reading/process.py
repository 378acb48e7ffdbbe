"""A process that reads pictures, and the template that such processes are forked from.

`python -m src.serving.reading.process <descriptor>` is the template. It has loaded what reads pictures, and neither the
network nor the service, so that a new process is there in milliseconds and takes a few megabytes. The descriptor is of
a socket with messages of four bytes: 0 comes with another socket, for which the template forks a process; the id of a
process says that it is to be ended, and is answered with that one's status.

A process reads one picture at a time. Its own clock of processor time ends it at once, even within a decoder, where the
picture costs more than it may. All end when the service does.
"""

import contextlib
import ctypes
import gc
import os
import resource
import signal
import socket
import sys
import warnings
from io import BytesIO
from pathlib import Path

import cv2
from PIL import Image, PngImagePlugin

from src.common.errors import InputError
from src.features.decoding.picture_file import FORMATS, LARGEST_PIXELS, LARGEST_WEBP_PIXELS, LargePictureError
from src.features.picture.normalize import normalize
from src.prediction.drawing import check_sides, decode_first_drawing, least_room
from src.serving.reading.form_file import FilesError, FormError, file_of
from src.serving.reading.job import NUMBER, Job, Refusal, Reply, receive_job, reply_message
from src.serving.reading.warm import one_of_each_kind, read_code

_REFUSALS: dict[type[Exception], Refusal] = {FormError: "form", FilesError: "files", InputError: "picture"}
_TOLD = 500
"""Characters of a fault of ours."""
_PARENT_DIES = 1
"""Linux' PR_SET_PDEATHSIG."""
_LINUX = sys.platform == "linux"


def read(job: Job, content: bytes) -> Reply:
    """Read a picture."""
    try:
        return _read(job, content)
    except Exception as error:  # noqa: BLE001 - the service tells of it, for nobody reads what this process says
        _limit_memory(0)  # where that is what was wanting, there would be none to say so
        return _refusal(error)


def _read(job: Job, content: bytes) -> Reply:
    picture = file_of(content, job.form) if job.form else content
    try:
        pixels, _, more_frames = decode_first_drawing(picture, min(job.room, job.largest))
    except LargePictureError as error:
        return _put_off(picture, job.largest, str(error))
    given = [pixels]
    del pixels
    glyph = normalize(given.pop(), job.side)  # which lets go of a large picture as soon as it can
    told = Reply(relative_height=glyph.relative_height, height_by_pen=glyph.height_by_pen, more_frames=more_frames)
    return told._replace(image=glyph.image.tobytes())


def _refusal(error: Exception) -> Reply:
    if _lacks_memory(error):
        return Reply("cost", "the picture takes more memory than its size promises; save it again as PNG or JPEG")
    refusal = next((refusal for kind, refusal in _REFUSALS.items() if isinstance(error, kind)), None)
    return Reply(refusal, str(error)) if refusal else Reply("bug", repr(error)[:_TOLD])


def _lacks_memory(error: Exception) -> bool:
    """Say whether memory was wanting: for OpenCV, or for Pillow behind what is said of the picture."""
    if isinstance(error, cv2.error):
        return bool(error.code == cv2.Error.StsNoMem)
    return isinstance(error, MemoryError) or isinstance(error.__context__, MemoryError)


def _put_off(picture: bytes, largest: int, reason: str) -> Reply:
    """Put a large picture off, or refuse it where it is larger than any may be."""
    try:
        with Image.open(BytesIO(picture), formats=FORMATS) as opened:
            (width, height), webp = opened.size, opened.format == "WEBP"
    except Image.DecompressionBombError:
        return Reply("large", reason)
    most = min(largest, LARGEST_WEBP_PIXELS) if webp else largest
    if width * height > most:
        return Reply("large", f"{width:,} x {height:,} pixels, above {most:,}; make it smaller")
    try:
        check_sides(width, height, most)
    except LargePictureError as error:
        return Reply("large", str(error))
    pixels = max(width * height, least_room(width, height))
    return Reply("later", reason, min(largest, pixels * LARGEST_PIXELS // LARGEST_WEBP_PIXELS if webp else pixels))


def _serve(channel: socket.socket) -> None:
    """Read pictures until the service has gone."""
    channel.setblocking(True)
    with channel, channel.makefile("rwb") as stream:
        stream.write(os.getpid().to_bytes(NUMBER))
        stream.flush()
        base = _address_space()
        while (given := receive_job(stream)) is not None:
            job, content = given
            _limit(job, base)
            reply = read(job, content)
            del given, content
            signal.setitimer(signal.ITIMER_PROF, 0)
            stream.write(reply_message(reply))
            stream.flush()


def _limit(job: Job, base: int) -> None:
    """Limit what the next picture may take: SIGPROF, which nothing here catches, ends the process."""
    if job.nice:
        os.nice(job.nice)
    if base:
        _limit_memory(base + job.memory)
    signal.setitimer(signal.ITIMER_PROF, job.seconds)


def _limit_memory(least: int) -> None:
    """Limit the address space to so many bytes, 0 for no limit."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (least or most, most))


def _address_space() -> int:
    """Return the bytes of this process's address space, 0 where the system does not say."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() if _LINUX else 0


def _be_process(control: socket.socket, channel: socket.socket) -> None:
    try:
        control.close()
        _begin()
        _serve(channel)
    finally:
        os._exit(0)


def _begin() -> None:
    """Make a forked process one that can do no harm: it says nothing, writes no files, and is the first to go."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):  # libtiff writes to stderr what a file says
        os.dup2(nothing, descriptor)
    if _LINUX:
        ctypes.CDLL(None).prctl(_PARENT_DIES, signal.SIGKILL)
        Path("/proc/self/oom_score_adj").write_text("1000")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _run_template(control: socket.socket) -> None:
    forked: set[int] = set()
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, NUMBER, 1)
        if len(message) < NUMBER:
            return
        process = int.from_bytes(message)
        if process:
            control.sendall((_end(process) if process in forked else 0).to_bytes(NUMBER))
            forked.discard(process)
            continue
        # Where no process can be had, the service sees that the other end of the channel is closed.
        with socket.socket(fileno=descriptors[0]) as channel, contextlib.suppress(OSError):
            process = os.fork()
            if process == 0:
                _be_process(control, channel)
            forked.add(process)


def _end(process: int) -> int:
    """Return its status; until now it has kept its number, dead or alive."""
    os.kill(process, signal.SIGKILL)
    return os.waitpid(process, 0)[1]


def main() -> None:
    """Be the template until the service has gone; Ctrl-C in its terminal is the service's to hear."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    cv2.setNumThreads(1)
    warnings.simplefilter("ignore")
    # Texts in a PNG are of no use here.
    PngImagePlugin.MAX_TEXT_MEMORY = 4 * PngImagePlugin.MAX_TEXT_CHUNK
    # WebP's decoder takes memory for the canvas as soon as a file is opened; Pillow refuses twice as many before.
    Image.MAX_IMAGE_PIXELS = LARGEST_PIXELS // 2
    for picture in one_of_each_kind():
        read(Job("", 28, 10_000, 10_000, 1.0, 0), picture)
    read_code()
    gc.collect()
    gc.freeze()
    _run_template(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
