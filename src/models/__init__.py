"""The network, its training and its evaluation: one module a stage, and what only they share."""
