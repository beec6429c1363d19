"""The vocabulary: pure values and rules. No I/O, no threads of its own, no Qt, nothing of the operating system."""
