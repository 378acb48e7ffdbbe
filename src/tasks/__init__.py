"""What an alphabet is made of: labels, corpora, where its tables and models lie."""
