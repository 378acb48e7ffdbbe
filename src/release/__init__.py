"""The model in the forms in which others run it."""
