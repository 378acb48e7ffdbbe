"""Drawings and tables that several stages share."""
