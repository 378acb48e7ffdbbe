"""The sample table, and what is known of its rows."""
