"""Qt item models, testable without a window."""
