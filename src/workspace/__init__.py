"""The checkout that a command works on, and DVC in it."""
