"""Database engines for Tortoise, chosen through the `engine` key of a connection."""
