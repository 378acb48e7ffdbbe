"""The loop and what is around it: device, losses, checkpoint, several processes, a tracked fit."""
