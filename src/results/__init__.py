"""The measured files, and the tables that README makes of them."""
