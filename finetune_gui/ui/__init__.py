"""The desktop window: PySide6, never torch."""
