"""What is loaded late is loaded before the first picture comes, whatever its format."""

import subprocess
import sys
from pathlib import Path

from benchmarks.picture_seeds import picture_seeds

_READ_ALL = """
import sys
from pathlib import Path
from src.serving.reading import process, warm

job = process.Job("", 28, 10_000_000, 10_000_000, 9.0, 0)
for picture in warm.one_of_each_kind():
    assert process.read(job, picture).refusal is None
before = set(sys.modules)
for path in sorted(Path(sys.argv[1]).iterdir()):
    process.read(job, path.read_bytes())
print(*set(sys.modules) - before)
"""


def test_no_picture_of_any_format_has_its_process_load_more(tmp_path: Path) -> None:
    for number, content in enumerate(picture_seeds()):
        (tmp_path / str(number)).write_bytes(content)
    command = [sys.executable, "-c", _READ_ALL, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
