"""The outside world of `gise bench`: who posts, a bare server to compare with, and what the machine can do."""
