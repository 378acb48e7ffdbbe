"""The one way into the network: a picture of any kind becomes a small one, white on black."""
