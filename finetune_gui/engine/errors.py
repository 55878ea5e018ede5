"""The error a user can act on. Everything else that is raised is a bug."""


class EngineError(Exception):
    """Something the user can put right.

    Args:
        message: One sentence that says what is wrong, without jargon.
        hint: One way out, in the imperative.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()
