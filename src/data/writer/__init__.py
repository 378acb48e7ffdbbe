"""Our own stroke writer: letterforms, hands and pens, and the sample in the formats of the real corpora."""
