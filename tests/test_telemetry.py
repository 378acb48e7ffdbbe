import os
import subprocess
import sys
from pathlib import Path

from src.prediction.model_file import RELEASED


def test_onnxruntime_keeps_no_device_id_and_no_events_to_send(tmp_path: Path) -> None:
    program = f"from pathlib import Path; from src.prediction.model import read_model; read_model(Path('{RELEASED}'))"
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    asked = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    subprocess.run([sys.executable, "-c", program], env=asked | home, check=True)
    assert list(tmp_path.rglob("*")) == []
