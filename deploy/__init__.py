"""What runs once at a deployment: its accounts, its images and its buckets."""
