"""What runs once at a deployment: its passwords and its bucket."""
