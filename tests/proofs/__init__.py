"""The figures of reliability and security: each a test at a small size, and a command of its own at full size."""
