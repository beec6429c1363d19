"""A double of logind on a message bus of its own. It answers as logind's documentation says; it is not logind."""

from __future__ import annotations

import subprocess
import threading
from contextlib import ExitStack
from typing import Self

from jeepney import HeaderFields, Message, MessageType, new_error, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

SIGNATURES = {bool: "b", str: "s"}


class LogindDouble:
    """`told` are the properties of every session; `asked` are the paths that questions went to."""

    def __init__(self) -> None:
        self.told: dict[str, object] = {}
        self.asked: list[str] = []
        self.address = ""
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"], stdout=subprocess.PIPE, text=True
        )
        self._stack.callback(bus.wait)
        self._stack.callback(bus.terminate)
        assert bus.stdout is not None
        self._stack.callback(bus.stdout.close)
        self.address = bus.stdout.readline().strip()
        connection = open_dbus_connection(self.address)
        connection.send_and_get_reply(message_bus.RequestName("org.freedesktop.login1"))
        thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
        thread.start()
        self._stack.callback(thread.join)
        self._stack.callback(self._end)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _end(self) -> None:
        from jeepney import DBusAddress, new_method_call

        address = DBusAddress("/end", "org.freedesktop.login1", "test.End")
        with open_dbus_connection(self.address) as connection:
            connection.send_and_get_reply(new_method_call(address, "End"), timeout=5)

    def _serve(self, connection: DBusConnection) -> None:
        with connection:
            while True:
                message = connection.receive()
                if message.header.message_type is MessageType.method_call:
                    connection.send(self._answer(message))
                    if message.header.fields[HeaderFields.member] == "End":
                        return

    def _answer(self, message: Message) -> Message:
        path, member = (message.header.fields[field] for field in (HeaderFields.path, HeaderFields.member))
        if member == "End":
            return new_method_return(message)
        self.asked.append(path)
        if member == "GetSession":
            return new_method_return(message, "o", (f"{path}/session/{message.body[0]}",))
        if member == "GetAll" and path.startswith("/org/freedesktop/login1/session/"):
            values = {name: (SIGNATURES[type(value)], value) for name, value in self.told.items()}
            return new_method_return(message, "a{sv}", (values,))
        return new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")
