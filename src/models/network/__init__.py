"""The network, its weights, its forward passes."""
