"""Raw files to sample tables: one module a stage, and what only they share."""
