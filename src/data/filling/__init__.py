"""Letters that the large corpora lack, made to train on."""
