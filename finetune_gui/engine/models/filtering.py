"""Which models of the catalog are shown. Torch-free."""

from dataclasses import dataclass

from finetune_gui.engine.models.catalog import ModelInfo
from finetune_gui.engine.models.families import PERMISSIVE


@dataclass(frozen=True, kw_only=True)
class ModelFilter:
    """What a person looks for; each part that is set must hold. Unknown figures pass no limit.

    Attributes:
        text: Words that must all occur in the id, the title, the family, the license or the summary.
        family: As in ``ModelInfo``.
        max_parameters: Size.
        max_gmacs: Work for one image.
        permissive: Only licenses that allow any use.
        here: Only weights on this machine.
        light: Only for phones and small boards.
        self_supervised: Only those that learnt without labels.
        favourite: Only those that the person has marked.
    """

    text: str = ""
    family: str = ""
    max_parameters: int = 0
    max_gmacs: float = 0.0
    permissive: bool = False
    here: bool = False
    light: bool = False
    self_supervised: bool = False
    favourite: bool = False

    def accepts(self, info: ModelInfo, *, here: bool, favourite: bool, text: str | None = None) -> bool:
        """Whether a model is shown. ``text``: ``searched_text(info)``, where it is at hand."""
        if (self.here and not here) or (self.favourite and not favourite):
            return False
        if (self.light and not info.is_light) or (self.self_supervised and not info.self_supervised):
            return False
        if (self.family and info.family != self.family) or (self.permissive and info.license not in PERMISSIVE):
            return False
        if self.max_parameters and not 0 < info.num_parameters <= self.max_parameters:
            return False
        if self.max_gmacs and not 0 < info.gmacs <= self.max_gmacs:
            return False
        searched = searched_text(info) if text is None else text
        return all(word in searched for word in self.text.casefold().split())


def searched_text(info: ModelInfo) -> str:
    """All that a search looks into, in small letters."""
    return " ".join((info.id, info.title, info.family, info.license, info.pretraining, info.summary)).casefold()
