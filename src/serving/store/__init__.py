"""Where drawings are kept that people give away: on disk, or on their way to S3."""
