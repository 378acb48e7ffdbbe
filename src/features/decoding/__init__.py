"""The bytes of a picture file as grey values."""
