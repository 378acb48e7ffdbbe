"""What training, prediction and the server must do alike."""
