"""The program with a window: built here, one instance a user, and taken down in the right order."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QLibraryInfo, QLocale, QTimer, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from agent import __version__
from agent.app import Agent
from agent.core.errors import AgentError
from agent.gui.instance import Instance
from agent.gui.main_window import MainWindow
from agent.gui.theme import Theme
from agent.gui.tray import Tray
from agent.resources import path as resource
from agent.resources.language import Language
from agent.settings import Home


def run(argv: Sequence[str] | None = None) -> int:
    """Open the window and stay until the program is ended; returns the exit code."""
    options = _options(argv)
    application = _application()
    home = Home(options.home) if options.home else Home.of_user()
    instance = Instance(home.root, application)
    if not instance.take():
        return 0
    try:
        agent = Agent.open(home)
    except AgentError as error:
        _tell(error)
        return error.exit_code
    with agent:
        agent.keep_log()
        return _live(application, agent, instance, hidden=options.hidden)


def _live(application: QApplication, agent: Agent, instance: Instance, *, hidden: bool) -> int:
    theme = Theme(application, agent.settings.theme)
    translator = _translate_qt(application, agent.language)
    tray = Tray(theme, agent.language, application) if Tray.is_there() else None
    window = MainWindow(agent, theme, tray)
    instance.called.connect(window.raise_window)
    window.quit_wanted.connect(lambda: application.exit(0))
    application.commitDataRequest.connect(window.quit)  # the system shuts down: a hidden window must not hold it up
    if tray is not None:
        tray.show()
    if tray is None or not hidden:
        window.show()
    QTimer.singleShot(0, window.begin)  # first the window, then what is in it
    beat = _let_python_see_signals(application)
    try:
        return application.exec()
    finally:
        beat.stop()
        window.shut()
        if tray is not None:
            tray.close()
        application.removeTranslator(translator)
        instance.close()
        # Now, and not by Python's garbage collector when the application is gone: Qt crashes on that.
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tla-gui", description="Opens the window of the Trusted Login Agent.")
    parser.add_argument("--home", type=_folder, metavar="FOLDER", help="the program's own folder (also TLA_HOME)")
    parser.add_argument("--hidden", action="store_true", help="start in the tray, without a window")
    parser.add_argument("--version", action="version", version=__version__)
    return parser.parse_args(argv)


def _folder(text: str) -> Path:
    return Path(text).expanduser()


def _application() -> QApplication:
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(sys.argv[:1])
    application.setApplicationName("trusted-login-agent")
    application.setApplicationDisplayName("Trusted Login Agent")
    application.setDesktopFileName("trusted-login-agent")
    application.setApplicationVersion(__version__)
    application.setWindowIcon(QIcon(str(resource("icons/app.svg"))))
    # With a tray, closing the last window is no end; without one the window itself ends the program.
    application.setQuitOnLastWindowClosed(False)
    return application


def _translate_qt(application: QApplication, language: Language) -> QTranslator:
    """Qt's own words (Cancel, the calendar, file dialogs) in the user's language too."""
    QLocale.setDefault(QLocale(language.code))
    translator = QTranslator(application)
    translator.load(f"qtbase_{language.code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    application.installTranslator(translator)
    return translator


def _let_python_see_signals(application: QApplication) -> QTimer:
    """Ctrl+C and a polite kill end the program: Qt's loop must come back to Python now and then for that."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not quit(): that asks the windows first, and one that would stay in the tray says no.
        signal.signal(number, lambda _number, _frame: application.exit(0))
    beat = QTimer(application)
    beat.timeout.connect(lambda: None)
    beat.start(500)
    return beat


def _tell(error: AgentError) -> None:
    message, hint = Language().error(error)
    box = QMessageBox(QMessageBox.Icon.Critical, "Trusted Login Agent", message)
    box.setInformativeText(hint)
    box.exec()
