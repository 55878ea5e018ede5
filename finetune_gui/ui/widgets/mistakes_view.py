"""Where a model is wrong: the confusion matrix, and beside it the images."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from finetune_gui.engine.events import ClassFigures, EvaluationFinished, Mistake
from finetune_gui.ui.dialogs.matrix_dialog import MatrixDialog
from finetune_gui.ui.evaluated_images import EvaluatedImages
from finetune_gui.ui.item_models.thumbnail_item_model import Thumbnail
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.confusion_view import ConfusionView
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.widgets.image_grid import ImageGrid
from finetune_gui.ui.words import count, counted, percent, shortened

_NAMED_PAIRS = 2
_PICTURE = 136


class MistakesView(QWidget):
    """A click on a cell shows its images; otherwise the worst mistakes of all are seen.

    Without ``set_images`` only the worst mistakes can be shown, which an evaluation tells of.

    Signals:
        class_shown: index of the class whose mistakes are shown; -1 for other selections.
        why_requested: (the images that are shown, a list of ``Mistake``; place of the one to begin with).
    """

    class_shown = Signal(int)
    why_requested = Signal(list, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._result: EvaluationFinished | None = None
        self._images: EvaluatedImages | None = None
        self._listed: tuple[Mistake, ...] = ()
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._share = QCheckBox(self.tr("Percent of each class"))
        self._share.setToolTip(self.tr("Show every cell as a share of its row instead of a number of images"))
        self._matrix = ConfusionView(theme)
        self._matrix.setMinimumHeight(180)
        self._share.toggled.connect(self._matrix.set_show_share)
        self._matrix.cell_activated.connect(self._on_cell)
        self._sorting = QComboBox()
        self._sorting.setAccessibleName(self.tr("Order of the classes in the matrix"))
        for name in (self.tr("As in training"), self.tr("Most mistakes first"), self.tr("Most images first")):
            self._sorting.addItem(name)
        self._sorting.currentIndexChanged.connect(self._show_matrix)
        self._enlarge = QPushButton(self.tr("Enlarge"))
        self._enlarge.setToolTip(self.tr("Show the matrix in a window of its own"))
        set_kind(self._enlarge, kind="ghost")
        self._enlarge.clicked.connect(self.show_matrix_alone)
        self._order: list[int] = []  # classes by their place in the matrix
        self._heading = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        set_kind(self._heading, kind="heading")
        self.why = QPushButton(self.tr("Why?"))
        self.why.setToolTip(self.tr("Show where in the image the answer comes from (Enter, or a double click)"))
        set_kind(self.why, kind="ghost")
        self.why.clicked.connect(self._on_why)
        self._all = QPushButton(self.tr("Show worst of all"))
        set_kind(self._all, kind="ghost")
        policy = self._all.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # so that the images stay where they are
        self._all.setSizePolicy(policy)
        self._all.clicked.connect(self.show_worst)
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        set_kind(self._hint, kind="hint")
        self._grid = ImageGrid(theme, thumbnail_size=_PICTURE, cache_bytes=40_000_000)
        self._grid.setAccessibleName(self.tr("Mistakes"))
        self._grid.image_activated.connect(self._on_image)
        self._grid.selection_changed.connect(self._on_selection)
        self._lay_out()
        self.set_result(None)

    @property
    def grid(self) -> ImageGrid:
        """The images."""
        return self._grid

    @property
    def matrix(self) -> ConfusionView:
        """The confusion matrix."""
        return self._matrix

    def set_notice(self, notice: QWidget) -> None:
        """Show something above all else, where there is something to say."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, notice)

    def classes(self) -> tuple[ClassFigures, ...]:
        """Of the result that is shown."""
        return self._result.classes if self._result else ()

    def heading(self) -> str:
        """What is said above the images."""
        return self._heading.text()

    def sentence(self) -> str:
        """The most confused pairs."""
        return self._sentence.text()

    def set_result(self, result: EvaluationFinished | None) -> None:
        """Show an evaluation, or that there is none yet."""
        self._result, self._images = result, None
        self._share.setEnabled(result is not None)
        self._sorting.setEnabled(result is not None)
        self._enlarge.setEnabled(result is not None)
        if result is None:
            self._matrix.clear()
            self._sentence.clear()
            self._show([], "", "")
            return
        self._show_matrix()
        self._sentence.setText(self.confused_pairs(result))
        self.show_worst()

    def set_images(self, images: EvaluatedImages | None) -> None:
        """From now on a cell shows all its images. ``images`` are those of the result that is shown."""
        self._images = images

    @Slot()
    def show_worst(self) -> None:
        """Show the mistakes with the largest loss."""
        if self._result is None:
            return
        mistakes = self._result.mistakes
        if mistakes:
            hint = self.tr("The surest mistakes come first. Click a cell of the matrix to see its images.")
            self._show(mistakes, self.tr("Worst mistakes"), hint)
        else:
            self._show((), self.tr("No mistakes"), self.tr("Every image was recognised: nothing to look at here."))
        self._all.hide()
        self.class_shown.emit(-1)

    @Slot()
    def _show_matrix(self) -> None:
        if self._result is None:
            return
        self._order = sort_classes(self._result.confusion, self._sorting.currentIndex())
        self._matrix.set_matrix(*self._ordered())

    def _ordered(self) -> tuple[list[list[int]], list[str]]:
        """Counts and names in the order of the matrix."""
        confusion = self._result.confusion if self._result else ()
        rows = [[confusion[true][predicted] for predicted in self._order] for true in self._order]
        return rows, [self._name(index) for index in self._order]

    @Slot()
    def show_matrix_alone(self) -> None:
        """In a window of its own, where more classes fit; a cell of it shows its images here."""
        dialog = MatrixDialog(self._theme, self)
        rows, names = self._ordered()
        dialog.matrix.set_matrix(rows, names)
        dialog.matrix.show_share = self._share.isChecked()
        dialog.cell_activated.connect(self._on_cell)
        dialog.open()

    @Slot(int, int)
    def _on_cell(self, row: int, column: int) -> None:
        self.show_cell(self._order[row], self._order[column])

    @Slot(int, int)
    def show_cell(self, true: int, predicted: int) -> None:
        """Show the images of class ``true`` taken for ``predicted``."""
        if self._result is None:
            return
        if true == predicted and self._images is None:
            self.show_class(true)  # of those that were recognised nothing is known
            return
        found = self._of_cell(true, predicted)
        title = (
            self.tr("True: {true}, recognised")
            if true == predicted
            else self.tr("True: {true}, predicted: {predicted}")
        ).format(true=self._name(true), predicted=self._name(predicted))
        hint = self._count_words(len(found), self._result.confusion[true][predicted], right=true == predicted)
        self._show(found, title, hint, brief=True)
        self._all.show()
        self.class_shown.emit(-1)

    @Slot(int)
    def show_class(self, index: int) -> None:
        """Show the images of a class that were taken for another one."""
        if self._result is None:
            return
        found = self._missed(index)
        row = self._result.confusion[index]
        title = self.tr("True: {true}, not recognised").format(true=self._name(index))
        self._show(found, title, self._count_words(len(found), sum(row) - row[index]))
        self._all.show()
        self.class_shown.emit(index)

    def show_some(self, paths: Sequence[str], heading: str, hint: str) -> None:
        """Show these images of the evaluation."""
        if self._images is not None:
            self._show(self._images.of_paths(set(paths)), heading, hint)
            self._all.show()

    def _of_cell(self, true: int, predicted: int) -> list[Mistake]:
        if self._images is not None:
            return self._images.of_cell(true, predicted)
        mistakes = self._result.mistakes if self._result else ()
        return [each for each in mistakes if (each.target, each.predicted) == (true, predicted)]

    def _missed(self, index: int) -> list[Mistake]:
        if self._images is not None:
            return self._images.missed(index)
        return [each for each in (self._result.mistakes if self._result else ()) if each.target == index]

    def confused_pairs(self, result: EvaluationFinished) -> str:
        """The pairs that are confused most, in one sentence."""
        pairs = [
            (number, result.classes[true].name, result.classes[predicted].name)
            for true, row in enumerate(result.confusion)
            for predicted, number in enumerate(row)
            if number and true != predicted
        ]
        if not pairs:
            return self.tr("No image was taken for another class.")
        pairs.sort(key=lambda pair: -pair[0])
        pair_words = self.tr("{true} taken for {predicted} ({count}×)")
        named = [
            pair_words.format(true=shortened(true), predicted=shortened(predicted), count=count(number))
            for number, true, predicted in pairs[:_NAMED_PAIRS]
        ]
        return self.tr("Most often confused: {pairs}.").format(pairs=", ".join(named))

    def shutdown(self) -> bool:
        """Stop decoding thumbnails."""
        return self._grid.shutdown()

    def _name(self, index: int) -> str:
        return self._result.classes[index].name if self._result else ""

    def _count_words(self, shown: int, number: int, *, right: bool = False) -> str:
        if number == 0:
            return self.tr("No image falls into this cell.")
        if shown == 0:
            return counted(
                self.tr("{count} image(s), not among the worst mistakes, which are kept", "", number), number
            )
        if shown < number:
            return self.tr("The {shown} worst of {count} images").format(shown=count(shown), count=count(number))
        if number == 1:
            return self.tr("1 image")
        if right:
            return counted(self.tr("{count} image(s), the least sure first", "", number), number)
        return counted(self.tr("{count} image(s), the surest mistakes first", "", number), number)

    def _show(self, mistakes: Sequence[Mistake], heading: str, hint: str, *, brief: bool = False) -> None:
        self._heading.setText(heading)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._all.setVisible(False)
        self._listed = tuple(mistakes)
        self._grid.set_items([Thumbnail(path=each.path, caption=self._caption(each, brief)) for each in mistakes])

    def _caption(self, mistake: Mistake, brief: bool) -> str:
        confidence = percent(mistake.confidence, 0)
        if brief:  # the heading names both classes
            return self.tr("{confidence} sure").format(confidence=confidence)
        names = [self._name(mistake.target), self._name(mistake.predicted)]
        if mistake.target == mistake.predicted:
            return f"{names[0]} {confidence}"
        metrics = self._grid.fontMetrics()
        whole = f"{names[0]} → {names[1]} {confidence}"
        if metrics.horizontalAdvance(whole) <= _PICTURE:
            return whole
        room = (_PICTURE - metrics.horizontalAdvance(" → ")) // 2  # the order tells how sure: the names matter more
        return " → ".join(metrics.elidedText(name, Qt.TextElideMode.ElideRight, room) for name in names)

    @Slot()
    def _on_selection(self) -> None:
        self.why.setEnabled(bool(self._grid.selected_paths()))

    @Slot()
    def _on_why(self) -> None:
        chosen = self._grid.selected_paths()
        if chosen:
            self._on_image(chosen[0])

    @Slot(str)
    def _on_image(self, path: str) -> None:
        place = next((row for row, each in enumerate(self._listed) if each.path == path), 0)
        self.why_requested.emit(list(self._listed), place)

    def _lay_out(self) -> None:
        left = QWidget()
        left_layout = QVBoxLayout(left)
        left_layout.setContentsMargins(0, 0, 12, 0)
        left_layout.setSpacing(8)
        left_layout.addWidget(self._matrix, 1)
        title = QHBoxLayout()
        title.addWidget(self._heading, 1)
        title.addWidget(self._all)
        title.addWidget(self.why)
        right = QWidget()
        right_layout = QVBoxLayout(right)
        right_layout.setContentsMargins(16, 0, 0, 0)
        right_layout.setSpacing(4)
        right_layout.addLayout(title)
        right_layout.addWidget(self._hint)
        right_layout.addSpacing(4)
        right_layout.addWidget(self._grid, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setSizes([460, 520])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        summary = QHBoxLayout()
        summary.setSpacing(16)
        summary.addWidget(self._sentence, 1)
        summary.addWidget(self._enlarge)
        summary.addWidget(self._sorting)
        summary.addWidget(self._share)
        layout.addLayout(summary)
        layout.addWidget(splitter, 1)


def sort_classes(confusion: Sequence[Sequence[int]], by: int) -> list[int]:
    """Indices of the classes in the order of the model (0), by mistakes (1) or by images (2), the most first.

    Mistakes of a class are its images taken for others, and images of others taken for it.
    """
    classes = range(len(confusion))
    match by:
        case 1:
            taken = [sum(row[index] for row in confusion) for index in classes]
            return sorted(classes, key=lambda index: 2 * confusion[index][index] - sum(confusion[index]) - taken[index])
        case 2:
            return sorted(classes, key=lambda index: -sum(confusion[index]))
    return list(classes)
