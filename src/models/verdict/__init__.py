"""From logits to an answer, with NumPy alone."""
