"""Very many pictures, and sheets of them."""
