"""The engine: pure Python and torch. No Qt, no printing, no argument parsing."""
