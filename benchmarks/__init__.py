"""Speed claims: each script runs ours and the other side by side in one process and prints ratios."""
