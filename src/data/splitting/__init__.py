"""Which row goes where: strata, groups, folds, the published split."""
