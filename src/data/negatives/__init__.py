"""Pictures of no character: a maker for each kind."""
