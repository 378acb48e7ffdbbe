"""What is chosen by answers to rows that no network had learned."""
