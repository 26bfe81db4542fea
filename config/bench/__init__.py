"""`gise bench`: how fast the program is, in ratios that travel from machine to machine."""
