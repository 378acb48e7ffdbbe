"""Pysar (писар, "scribe") reads handwritten Ukrainian letters and digits."""

import os

# From version 1.31 onnxruntime tells its maker of each session where it is not asked not to.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
