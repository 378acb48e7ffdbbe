"""Pysar (писар, "scribe") reads handwritten Ukrainian letters and digits."""
