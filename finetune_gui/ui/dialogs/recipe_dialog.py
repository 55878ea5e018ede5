"""Settings that go well together: what each recipe does, and when to take it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from finetune_gui.engine.recipes import RECIPE_NAMES, RecipeName
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.choice_card import ChoiceCard
from finetune_gui.ui.words import recipe_name, recipe_words

_WIDTH = 600


class RecipeDialog(QDialog):
    """One card a recipe, the present one chosen; it deletes itself.

    Args:
        theme: Colours.
        present: The recipe that the settings come from, if any.
        changed: Settings in which they differ from it.
        parent: Window.

    Signals:
        chosen: name of a recipe.
    """

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, present: RecipeName | None, changed: tuple[str, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Recipes"))
        self.cards = {name: self._card(theme, name, present, changed) for name in RECIPE_NAMES}
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        take = self.buttons.addButton(self.tr("Take it"), QDialogButtonBox.ButtonRole.AcceptRole)
        take.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        what = self.tr(
            "A recipe sets epochs, batch size, optimizer, loss, how images are varied and which layers learn. "
            "Your data, the model and the device stay, and everything can be changed afterwards."
        )
        layout.addWidget(text_label("hint", what, wrap=True))
        for card in self.cards.values():
            layout.addWidget(card)
        layout.addSpacing(4)
        layout.addWidget(self.buttons)
        self.resize(_WIDTH, layout.totalHeightForWidth(_WIDTH))
        self.cards[present or "quick"].setFocus()

    def accept(self) -> None:
        """Tell which card is chosen."""
        self.chosen.emit(next(name for name, card in self.cards.items() if card.isChecked()))
        super().accept()

    def _card(self, theme: Theme, name: RecipeName, present: RecipeName | None, changed: tuple[str, ...]) -> ChoiceCard:
        title = recipe_words(name, changed) if name == present else recipe_name(name)
        card = ChoiceCard(theme, title, self._sentence(name), self)
        card.setChecked(name == (present or "quick"))
        return card

    def _sentence(self, name: RecipeName) -> str:
        return {
            "quick": self.tr(
                "Only the new output layer learns, for 10 epochs. Seconds to minutes. Begin with this one, and stay "
                "with it where it is good enough or images are few."
            ),
            "balanced": self.tr(
                "First the output layer, then the last stage too, for 12 epochs. Minutes. Take it with a hundred "
                "images of each class, or where Quick is not quite good enough."
            ),
            "thorough": self.tr(
                "Every layer learns, early ones gently, for 30 epochs with strongly varied images and smoothed "
                "labels. Long; best with a GPU. For images unlike everyday photos, or for the last per cent."
            ),
            "classic": self.tr(
                "As in the literature (ResNet-50 on CIFAR-10): every layer, SGD with rate 0.001 and momentum 0.9, "
                "batches of 100, 20 epochs, no schedule. Take it to compare with published results."
            ),
        }[name]
