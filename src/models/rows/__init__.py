"""Which rows are learned from, replayed, held back; as tensors."""
