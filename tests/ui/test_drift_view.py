"""What training has moved, as it is shown."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from finetune_gui.engine.events import DriftMeasured
from finetune_gui.ui.item_models.drift_item_model import DriftColumn, DriftItemModel, DriftRole, bar_length
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.drift_view import DriftView


def measured(epoch: int, *drift: float) -> DriftMeasured:
    return DriftMeasured(epoch=epoch, drift=dict(zip(("stem", "blocks.0", "blocks.1", "head"), drift, strict=True)))


def texts(model: DriftItemModel) -> list[tuple[str, str]]:
    rows = range(model.rowCount())
    return [(model.index(row, 0).data(), model.index(row, DriftColumn.DRIFT).data()) for row in rows]


def test_rows_are_the_groups_in_order_of_depth(qtmodeltester: ModelTester) -> None:
    model = DriftItemModel()
    qtmodeltester.check(model)
    model.show_drift(measured(1, 0.0, 0.0, 0.0012, 0.25))
    assert texts(model) == [("stem", "unmoved"), ("blocks.0", "unmoved"), ("blocks.1", "0.12 %"), ("head", "25 %")]
    assert model.index(0, 0).data(DriftRole.COLOR) == "frozen"
    assert model.index(3, 0).data(DriftRole.COLOR) == "trainable"
    model.show_drift(None)
    assert model.rowCount() == 0


def test_the_bar_is_logarithmic() -> None:
    assert [bar_length(drift) for drift in (0.0, 1e-9, 1e-6, 1e-3, 1.0, 9.0)] == [
        0.0,
        0.0,
        pytest.approx(0.0),
        pytest.approx(0.5),
        1.0,
        1.0,
    ]


def test_the_view_follows_the_run_and_rewinds(qtbot: QtBot) -> None:
    view = DriftView(Theme("light"))
    qtbot.addWidget(view)
    view.resize(900, 400)
    view.show()
    view.take([measured(1, 0.0, 0.0, 0.0, 0.2), measured(2, 0.0, 0.0, 0.01, 0.3)])
    view.take([measured(2, 0.0, 0.001, 0.02, 0.4)])  # a resumed run measures the epoch anew
    view.plot.refresh()
    assert view.plot.drawn_points("head")[1].tolist() == [pytest.approx(20.0), pytest.approx(40.0)]
    assert view.plot.drawn_points("stage")[1].tolist() == [pytest.approx(2.0)]
    assert view.plot.drawn_points("early")[1].tolist() == [pytest.approx(0.1)]
    assert texts(view.rows)[1] == ("blocks.0", "0.1 %")
    assert view.rows.headerData(1, Qt.Orientation.Horizontal) == "Moved"
    view.clear()
    assert view.rows.rowCount() == 0
    view.shutdown()
