"""`Instance`: one window a user. A second start raises the first one's window and ends."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_ANSWER_MS = 1_000


class Instance(QObject):
    """The name under which this user's program can be called; the home folder is part of it."""

    called = Signal()
    """Somebody started the program a second time."""

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        digest = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]
        self._name = f"trusted-login-agent-{digest}"
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)

    def take(self) -> bool:
        """Become the only one. False: there is another, and it was told to show its window."""
        if self.call_another():
            return False
        if not self._server.listen(self._name):
            # A crash leaves the socket's file behind. Whoever was quicker in this moment is called instead.
            if self.call_another():
                return False
            QLocalServer.removeServer(self._name)
            self._server.listen(self._name)
        return True

    def call_another(self) -> bool:
        """Tell the one that runs to show its window; False when none does."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_ANSWER_MS):
            return False
        socket.disconnectFromServer()
        return True

    def close(self) -> None:
        """Free the name."""
        self._server.close()

    def _greet(self) -> None:
        while (connection := self._server.nextPendingConnection()) is not None:
            connection.close()
            connection.deleteLater()
            self.called.emit()
