"""The language of the window: that of the system where there is a translation, else English."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from finetune_gui.paths import resources_dir


def install_translators(app: QCoreApplication, locale: QLocale | None = None) -> list[QTranslator]:
    """Load Qt's own texts and those of this app for a locale (default: the system's).

    ``resources/translations/finetune_gui_LANGUAGE.qm`` is made from the ``.ts`` beside it by ``pyside6-lrelease``.

    Returns:
        What was found; the application keeps them alive.
    """
    locale = locale or QLocale.system()
    places = (
        ("qtbase", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        ("finetune_gui", str(resources_dir() / "translations")),
    )
    loaded = []
    for name, folder in places:
        translator = QTranslator(app)
        if translator.load(locale, name, "_", folder):
            app.installTranslator(translator)
            loaded.append(translator)
    return loaded
