"""Tests on real servers: PostgreSQL and an S3 endpoint, started for the session and removed with it."""
