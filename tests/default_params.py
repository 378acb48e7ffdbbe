"""Params as the project has them, in files of the suite's own: nobody's checkout, whatever it says, changes a test."""

from pathlib import Path

PARAMS = Path(__file__).with_name("default_params.yaml")
EMNIST_PARAMS = Path(__file__).with_name("default_emnist_params.yaml")
EXAMPLE_PARAMS = Path(__file__).with_name("example_params.yaml")
