"""The embedded sample: what our stroke writer draws, in the formats of the real corpora."""
