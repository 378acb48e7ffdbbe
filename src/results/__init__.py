"""The measured files, and what README and the manual show of them."""
