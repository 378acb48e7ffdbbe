"""Pictures read in processes that can be killed: what a stranger sends is unpacked nowhere else."""
