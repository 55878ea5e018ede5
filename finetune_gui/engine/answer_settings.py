"""How sure a model may sound: the temperature of its probabilities, and from when on it says "none of these"."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AnswerSettings:
    """What is done to the logits of a network.

    Attributes:
        temperature: They are divided by it (Guo et al. 2017); 1 leaves the probabilities as they are.
        threshold: Where the likeliest class is less likely than this the answer is "none of these"; None: never.
    """

    temperature: float = 1.0
    threshold: float | None = None
