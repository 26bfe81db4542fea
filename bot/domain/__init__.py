"""What is decided: pure tables and functions. Time is an argument, in epoch milliseconds."""
