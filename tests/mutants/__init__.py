"""Seeded mutants: the program with one promise broken, each of which the tests must notice."""
