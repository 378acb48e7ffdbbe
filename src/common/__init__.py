"""What knows nothing of Pysar: errors, files, git, progress, work on all cores."""
