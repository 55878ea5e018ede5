"""Keeps the summary at the left and the badges at the top in step with the session."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event
from finetune_gui.engine.run_list import RunSummary, summarise_run
from finetune_gui.engine.runs import RunFolder
from finetune_gui.ui.session import Session
from finetune_gui.ui.step_summary import StepLine, StepSummary
from finetune_gui.ui.widgets.summary_panel import SummaryPanel
from finetune_gui.ui.widgets.top_bar import TopBar
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.operation import Progress


class Overview(QObject):
    """Between the session and the two widgets that show it as a whole.

    Signals:
        run_read: (events, summary) of the run that was selected.
        crashed: the traceback of a bug.
    """

    run_read = Signal(list, object)
    crashed = Signal(str)

    def __init__(self, session: Session, top_bar: TopBar, panel: SummaryPanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._top_bar = top_bar
        self._panel = panel
        self._words = StepSummary(session, self)
        self._run: RunSummary | None = None
        self._failure = ""
        captions = {
            "data": self.tr("Data"),
            "model": self.tr("Model"),
            "layers": self.tr("Layers"),
            "training": self.tr("Training"),
            "evaluation": self.tr("Result"),
        }
        for name, caption in captions.items():
            panel.add_row(name, caption)
        self._reader = LatestOperation(self)
        self._reader.succeeded.connect(self._on_run_read)
        self._reader.failed.connect(self._on_unreadable)
        self._reader.crashed.connect(self.crashed)
        for signal in (session.dataset_changed, session.config_changed, session.tree_changed, session.plan_changed):
            signal.connect(self.refresh)
        session.run_selected.connect(self._on_run_selected)

    @property
    def run(self) -> RunSummary | None:
        """The run that is looked at."""
        return self._run

    @Slot()
    def refresh(self) -> None:
        """Show everything anew; cheap, so it is done at every change."""
        training = self._words.training()
        if self._failure:
            training = StepLine(state="warning", value=training.value, note=self._failure)
        elif self._run is not None:
            training = StepLine(state="done", value=training.value, note=training.note)
        self._show("data", self._words.data())
        self._show("model", self._words.model())
        self._show("layers", self._words.layers())
        self._show("training", training)
        self._show("evaluation", self._words.result(self._run))
        problem = self._session.data_problem() or self._session.plan_problem()
        self._top_bar.set_ready(problem is None, str(problem) if problem else "")
        self._top_bar.show_device(self._session.config.device)

    @Slot()
    def forget_failure(self) -> None:
        """Another run begins."""
        self._failure = ""
        self.refresh()

    @Slot(object)
    def show_failure(self, error: EngineError) -> None:
        """The run could not start or go on."""
        self._failure = error.message
        self.refresh()

    def shutdown(self) -> None:
        """The window closes."""
        self._reader.shutdown()

    def _show(self, name: str, line: StepLine) -> None:
        self._panel.set_row(name, line.state, line.value, line.note)
        self._top_bar.set_step_state(name, line.state, f"{line.value} · {line.note}" if line.note else line.value)

    @Slot(Path)
    def _on_run_selected(self, path: Path) -> None:
        self._reader.start(lambda progress: _read_run(path, progress))

    @Slot(object)
    def _on_run_read(self, result: tuple[list[Event], RunSummary]) -> None:
        events, self._run = result
        self.refresh()
        self.run_read.emit(events, self._run)

    @Slot()
    def _on_unreadable(self) -> None:
        """Its folder is gone or damaged; the page that is shown says so."""
        self._run = None
        self.refresh()


def _read_run(path: Path, _: Progress) -> tuple[list[Event], RunSummary]:
    run = RunFolder.open(path)
    return list(run.events()), summarise_run(run)
