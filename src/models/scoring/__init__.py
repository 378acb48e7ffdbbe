"""What answers are worth: metrics, intervals, calibration."""
