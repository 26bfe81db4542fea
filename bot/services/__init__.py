"""Use cases. Each one runs inside the one transaction of whoever called it: an inbox item or a timer."""
