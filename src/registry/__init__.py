"""The registered model: who is champion, why, and what it was made of."""
