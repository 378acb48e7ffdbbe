import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from src.common.allowed_cores import allowed_cores

ROOT = Path(__file__).parents[2]


def asked(code: str, cores: list[int], **variables: str) -> str:
    """Run Python where only some cores are allowed."""
    script = f"import os; os.sched_setaffinity(0, {cores}); {code}"
    kept = {name: value for name, value in os.environ.items() if name not in {"OMP_NUM_THREADS", "LOKY_MAX_CPU_COUNT"}}
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=kept | variables, capture_output=True, text=True, check=True
    ).stdout


def test_as_many_are_counted_as_are_allowed() -> None:
    first = sorted(os.sched_getaffinity(0))[:1]
    assert asked("from src.common.allowed_cores import allowed_cores; print(allowed_cores())", first) == "1\n"
    assert 1 <= allowed_cores() <= (psutil.cpu_count() or 1)


# The kernel's file is told, for only a container's owner can set it.
@pytest.mark.parametrize("quota", ["100000 100000", "50000 100000"])
def test_a_container_s_quota_counts(quota: str) -> None:
    code = (
        "import builtins, io; own, there, limit = open, os.path.exists, '/sys/fs/cgroup/cpu.max';"
        f"builtins.open = lambda p, *a, **k: io.StringIO({quota!r}) if p == limit else own(p, *a, **k);"
        "os.path.exists = lambda p: p == limit or there(p);"
        "from src.common.allowed_cores import allowed_cores; print(allowed_cores())"
    )
    assert asked(code, sorted(os.sched_getaffinity(0))) == "1\n"


def test_no_module_counts_the_cores_that_are_there() -> None:
    counting = ("cpu_count(", "process_cpu_count(")
    modules = [path for folder in ("src", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    found = [path for path in modules if any(word in path.read_text("utf-8") for word in counting)]
    assert found == [ROOT / "src/common/allowed_cores.py"]
