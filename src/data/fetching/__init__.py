"""Bytes from a mirror or from upstream."""
