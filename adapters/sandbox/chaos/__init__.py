"""`gise chaos`: real processes are killed again and again, and afterwards every message is accounted for."""
