"""Every text can be translated, and a translation is found by the system's language."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QApplication

import finetune_gui.ui
from finetune_gui.engine.data.finding_texts import SENTENCES
from finetune_gui.engine.texts import Text
from finetune_gui.ui import translation
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.translation import install_translators
from finetune_gui.ui.widgets.layer_summary import LayerSummary
from finetune_gui.ui.words import translated

SOURCES = sorted(Path(finetune_gui.ui.__file__).parent.rglob("*.py"))

TS = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="pl" sourcelanguage="en">
<context><name>LayerSummary</name>
  <message><source>Locked</source><translation>Zablokowane</translation></message>
  <message numerus="yes"><source>{count} rule(s) on top of the preset.</source><translation>
    <numerusform>{count} regula</numerusform><numerusform>{count} reguly</numerusform>
    <numerusform>{count} regul</numerusform></translation></message>
</context>
<context><name>Findings</name>
  <message><source>Exact copies of others: {count} image(s).</source>
    <translation>Kopie innych: {count}.</translation></message>
</context></TS>
"""


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, int]]:
    """Calls that translate, with the place of the text among their arguments."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Attribute, ast.Name)):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            if name == "tr":
                yield node, 0
            elif name == "translate" and "painter" not in ast.unparse(node.func) and not is_of_engine(node):
                yield node, 1


def is_of_engine(call: ast.Call) -> bool:
    """Whether it is the one call for sentences of the engine, which are marked where they stand."""
    return ast.unparse(call.args[0]) == "CONTEXT"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_texts_are_written_out_where_they_are_translated(source: Path) -> None:
    """lupdate reads the sources: it sees no variable, and no f-string."""
    for call, place in calls(ast.parse(source.read_text(encoding="utf-8"))):
        text = call.args[place]
        assert isinstance(text, ast.Constant), f"{source.name}:{call.lineno}"
        assert isinstance(text.value, str), f"{source.name}:{call.lineno}"


@pytest.fixture
def polish(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A translation made as for a release."""
    folder = tmp_path / "translations"
    folder.mkdir()
    (folder / "finetune_gui_pl.ts").write_text(TS, encoding="utf-8")
    tool = shutil.which("pyside6-lrelease", path=str(Path(sys.executable).parent)) or shutil.which("pyside6-lrelease")
    if tool is None:
        pytest.skip("pyside6-lrelease is not there")
    subprocess.run([tool, folder / "finetune_gui_pl.ts"], check=True, capture_output=True)
    monkeypatch.setattr(translation, "resources_dir", lambda: tmp_path)
    translators = install_translators(qapp, QLocale("pl_PL"))
    yield
    for translator in translators:
        QCoreApplication.removeTranslator(translator)


def test_texts_and_plurals_of_another_language(polish: None) -> None:  # noqa: ARG001
    summary = LayerSummary(Theme("light"))
    assert summary.locked.text() == "Zablokowane"
    assert summary.adapts.text() == "Adapts"  # not translated yet: English
    said = []
    for number in (1, 2, 5):
        summary.show_rules(number)
        said.append(summary._rules.text())
    assert said == ["1 regula", "2 reguly", "5 regul"]
    summary.deleteLater()


def test_sentences_of_the_engine_are_translated(polish: None) -> None:  # noqa: ARG001
    said = [translated(Text(template=SENTENCES["copies"], count=number)) for number in (1, 5)]
    assert said == ["Kopie innych: 1.", "Kopie innych: 5."]
    assert translated(Text(template=SENTENCES["look_alikes"], count=1)) == "Nearly the same as others: 1 image."


def test_a_language_without_translation_stays_english(qapp: QApplication) -> None:
    for translator in install_translators(qapp, QLocale("eo")):
        QCoreApplication.removeTranslator(translator)
    assert QCoreApplication.translate("words", "Head only") == "Head only"
