"""A small shop's back office to practise on: sign-in, one-time code, a table of open orders.

The demo and the tests let the agent work on it through real pixels and real input. It stands alone: Qt and pyotp
are all it needs. ``python orders_app.py --help`` lists its options.

The password and the one-time-code secret are never taken from the command line, which every program on the machine
can read: the environment variables ORDERS_APP_USER, ORDERS_APP_PASSWORD and ORDERS_APP_TOTP hold them, or others that
``--user-env``, ``--password-env`` and ``--totp-env`` name. Where a variable is not set, the published demo values
below are expected.
"""

from __future__ import annotations

import argparse
import hmac
import json
import os
import random
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import pyotp
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

DEMO_USER = "jürgen.groß"
DEMO_PASSWORD = "Grüße-aus-Köln-7!"  # noqa: S105 - published on purpose: it opens nothing but this example
DEMO_TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

GERMAN = {
    "Orders": "Bestellungen",
    "Welcome back": "Willkommen",
    "Nordlicht back office": "Nordlicht Verwaltung",
    "User name": "Benutzername",
    "Password": "Passwort",
    "Sign in": "Anmelden",
    "User name or password is wrong.": "Benutzername oder Passwort ist falsch.",
    "Second step": "Zweiter Schritt",
    "Your authenticator shows six digits.": "Ihre Authenticator-App zeigt sechs Ziffern.",
    "One-time code": "Einmalcode",
    "Confirm": "Bestätigen",
    "The code is wrong or has expired.": "Der Code ist falsch oder abgelaufen.",
    "Open orders": "Offene Bestellungen",
    "Order": "Nummer",
    "Customer": "Kunde",
    "Date": "Datum",
    "Amount": "Betrag",
    "Status": "Status",
    "Total": "Summe",
    "Sign out": "Abmelden",
    "open": "offen",
    "packed": "gepackt",
    "overdue": "überfällig",
}
CUSTOMERS = (
    "Bäckerei Müßig",
    "Blumen Höfer",
    "Buchhandlung Preuß",
    "Kaffeehaus Schöne Aussicht",
    "Gärtnerei Süß",
    "Jürgen Groß",
    "Käthe Weißenfels",
    "Möbelhaus Köhler",
    "Öztürk Feinkost",
    "Schlosserei Jäger",
    "Straßenbau Lüdtke",
    "Tischlerei Krämer",
    "Übersee Handel GmbH",
    "Weingut Böhm & Söhne",
)
STATUSES = ("open", "packed", "overdue")


# ------------------------------------------------------------------------------------------------- what it knows


@dataclass(frozen=True)
class Account:
    """Who may come in. The values are compared and never shown."""

    user: str
    password: str
    totp: str

    @classmethod
    def from_environment(cls, user_variable: str, password_variable: str, totp_variable: str) -> Account:
        """The account that is in these environment variables; the demo's values where they are not set."""
        return cls(
            user=os.environ.get(user_variable, DEMO_USER),
            password=os.environ.get(password_variable, DEMO_PASSWORD),
            totp=os.environ.get(totp_variable, DEMO_TOTP),
        )

    def admits(self, user: str, password: str) -> bool:
        """Whether both are right; takes as long for a wrong name as for a wrong password."""
        right_user = hmac.compare_digest(user.encode(), self.user.encode())
        right_password = hmac.compare_digest(password.encode(), self.password.encode())
        return right_user and right_password

    def confirms(self, code: str) -> bool:
        """Whether the one-time code is that of this half minute, or of the one before or after."""
        return pyotp.TOTP(self.totp).verify("".join(code.split()), valid_window=1)


@dataclass(frozen=True)
class Order:
    """One row, as the table shows it."""

    order: str
    customer: str
    date: str
    amount: str
    status: str


def euros(cents: int) -> str:
    """An amount as Germans write it.

    >>> euros(123450)
    '1.234,50 €'
    """
    whole, rest = divmod(cents, 100)
    return f"{whole:,}".replace(",", ".") + f",{rest:02d} €"


def orders(seed: int, language: str, count: int = 8) -> tuple[tuple[Order, ...], str]:
    """The rows and their total: the same ones for the same seed on every machine."""
    chance = random.Random(seed)  # noqa: S311 - made-up orders, nothing is protected by them
    number, day, total = chance.randrange(104_000, 109_000), date(2026, 11, 24), 0
    rows = []
    for customer in chance.sample(CUSTOMERS, count):
        number += chance.randrange(3, 40)
        day -= timedelta(days=chance.randrange(0, 6))
        cents = chance.randrange(1_200, 999_999)
        total += cents
        status = words(language, chance.choice(STATUSES))
        rows.append(Order(str(number), customer, f"{day:%d.%m.%Y}", euros(cents), status))
    return tuple(rows), euros(total)


def words(language: str, text: str) -> str:
    """The English text, or its German counterpart."""
    return GERMAN[text] if language == "de" else text


# ------------------------------------------------------------------------------------------------- how it looks


@dataclass(frozen=True)
class Colours:
    """The colours of a theme; text on every ground has at least the contrast 4.5 : 1, frames 3 : 1."""

    ground: str
    card: str
    text: str
    quiet: str
    frame: str
    line: str
    accent: str
    on_accent: str
    error: str
    error_ground: str


LIGHT = Colours(
    ground="#eef1f6",
    card="#ffffff",
    text="#17202e",
    quiet="#566276",
    frame="#7d899d",
    line="#d9dfe8",
    accent="#1757b8",
    on_accent="#ffffff",
    error="#b3141f",
    error_ground="#fdecec",
)
DARK = Colours(
    ground="#141a23",
    card="#1d2530",
    text="#e9eef6",
    quiet="#a4b0c2",
    frame="#74829a",
    line="#323d4d",
    accent="#7fb0ff",
    on_accent="#0c1420",
    error="#ff9a9f",
    error_ground="#3a1f24",
)


def style(colours: Colours) -> str:
    """The style sheet."""
    return """
        QWidget {{ background: {ground}; color: {text}; }}
        QFrame#card, QFrame#card QLabel {{ background: {card}; }}
        QFrame#card {{ border: 1px solid {line}; border-radius: 12px; }}
        QLabel {{ border: none; }}
        QLabel#heading {{ font-size: 19pt; font-weight: 600; }}
        QLabel#quiet {{ color: {quiet}; }}
        QLabel#total {{ font-size: 13pt; font-weight: 600; }}
        QLabel#failure {{ color: {error}; border-radius: 6px; padding: 8px 12px; }}
        QLabel#failure[shown="true"] {{ background: {error_ground}; }}
        QLineEdit {{ background: {card}; border: 1px solid {frame}; border-radius: 6px; padding: 7px 11px;
            selection-background-color: {accent}; selection-color: {on_accent}; }}
        QLineEdit:focus {{ border: 2px solid {accent}; padding: 6px 10px; }}
        QPushButton {{ background: {card}; color: {accent}; border: 1px solid {frame}; border-radius: 6px;
            padding: 8px 18px; font-weight: 600; }}
        QPushButton:default {{ background: {accent}; color: {on_accent}; border: 1px solid {accent}; }}
        QPushButton:focus {{ border: 2px solid {text}; padding: 7px 17px; }}
        QPushButton:hover {{ border-color: {text}; }}
        QTableWidget {{ background: {card}; alternate-background-color: {ground}; border: none; outline: none; }}
        QTableWidget::item {{ padding: 0 10px; }}
        QTableWidget::item:focus {{ border: 2px solid {accent}; padding: 0 8px; }}
        QHeaderView {{ background: {card}; border: none; }}
        QHeaderView::section {{ background: {card}; color: {quiet}; font-weight: 600; border: none;
            border-bottom: 1px solid {line}; padding: 8px 10px; }}
    """.format(**asdict(colours))


def palette(colours: Colours) -> QPalette:
    """The palette for what the style sheet leaves to Fusion."""
    made = QPalette()
    for role, colour in (
        (QPalette.ColorRole.Window, colours.ground),
        (QPalette.ColorRole.Base, colours.card),
        (QPalette.ColorRole.AlternateBase, colours.ground),
        (QPalette.ColorRole.Text, colours.text),
        (QPalette.ColorRole.WindowText, colours.text),
        (QPalette.ColorRole.Button, colours.card),
        (QPalette.ColorRole.ButtonText, colours.text),
        (QPalette.ColorRole.Highlight, colours.accent),
        (QPalette.ColorRole.HighlightedText, colours.on_accent),
        (QPalette.ColorRole.PlaceholderText, colours.quiet),
    ):
        made.setColor(role, QColor(colour))
    return made


def emblem(colours: Colours, size: int = 44) -> QPixmap:
    """A parcel in the accent colour: the shop's mark, drawn so that no letter of it can be read as text."""
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    unit = size / 44
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent))
        painter.drawRoundedRect(QRectF(0, 0, size, size), 11 * unit, 11 * unit)
        painter.setBrush(QColor(colours.on_accent))
        painter.drawRoundedRect(QRectF(10 * unit, 12 * unit, 24 * unit, 8 * unit), 2 * unit, 2 * unit)
        painter.drawRoundedRect(QRectF(12 * unit, 22 * unit, 20 * unit, 12 * unit), 2 * unit, 2 * unit)
    return pixmap


# ------------------------------------------------------------------------------------------------- the pages


class Page(QWidget):
    """One page of the window. `tr` puts an English text into the user's language."""

    done = Signal()

    def __init__(self, language: str, title: str) -> None:
        super().__init__()
        self.language = language
        self.title = f"{self.say('Orders')} – {self.say(title)}"

    def say(self, text: str) -> str:
        """The text in the window's language."""
        return words(self.language, text)

    def open(self) -> None:
        """Called when the page comes to the front."""


class CardPage(Page):
    """A page that asks: a card in the middle with heading, fields, one button and a line for the refusal."""

    def __init__(self, language: str, colours: Colours, title: str, *, heading: str, remark: str, button: str) -> None:
        super().__init__(language, title)
        self.fields: list[QLineEdit] = []
        self.failure = QLabel()
        self.failure.setObjectName("failure")
        # The line keeps its place while it is empty, so that nothing moves when it is filled.
        self.failure.setFixedHeight(38)
        self.button = QPushButton(self.say(button))
        self.button.setDefault(True)
        self.button.setMinimumHeight(42)
        self.button.clicked.connect(self.submit)

        card = QFrame()
        card.setObjectName("card")
        card.setFixedWidth(420)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(36, 32, 36, 28)
        inside.setSpacing(8)
        mark = QLabel()
        mark.setPixmap(emblem(colours))
        inside.addWidget(mark)
        inside.addSpacing(10)
        inside.addWidget(named(QLabel(self.say(heading)), "heading"))
        inside.addWidget(named(QLabel(self.say(remark)), "quiet"))
        inside.addSpacing(18)
        inside.addLayout(self._rows)
        inside.addSpacing(6)
        inside.addWidget(self.failure)
        inside.addSpacing(6)
        inside.addWidget(self.button)
        outside = QVBoxLayout(self)
        outside.addStretch(2)
        outside.addWidget(card, alignment=Qt.AlignmentFlag.AlignHCenter)
        outside.addStretch(3)

    def add_field(self, text: str, echo: QLineEdit.EchoMode = QLineEdit.EchoMode.Normal) -> QLineEdit:
        """A field with its label above, both flush left."""
        field = QLineEdit()
        field.setEchoMode(echo)
        field.setMinimumHeight(40)
        field.setMaxLength(200)
        field.setAccessibleName(self.say(text))
        field.returnPressed.connect(self.submit)
        label = QLabel(self.say(text))
        label.setBuddy(field)
        if self.fields:
            self._rows.addSpacing(10)
        self._rows.addWidget(label)
        self._rows.addWidget(field)
        self.fields.append(field)
        return field

    def refuse(self, text: str) -> None:
        """Show why it did not work; the empty text takes the line away."""
        self.failure.setText(self.say(text) if text else "")
        self.failure.setProperty("shown", bool(text))
        self.failure.style().unpolish(self.failure)
        self.failure.style().polish(self.failure)

    def open(self) -> None:
        """Empty the fields and begin with the first."""
        for field in self.fields:
            field.clear()
        self.refuse("")
        self.fields[0].setFocus()

    def submit(self) -> None:
        """Check what was entered, then either `done` is sent or the refusal is shown."""
        raise NotImplementedError


class SignIn(CardPage):
    """User name and password."""

    def __init__(self, language: str, colours: Colours, account: Account) -> None:
        super().__init__(
            language, colours, "Sign in", heading="Welcome back", remark="Nordlicht back office", button="Sign in"
        )
        self._account = account
        self.user = self.add_field("User name")
        self.password = self.add_field("Password", QLineEdit.EchoMode.Password)

    def submit(self) -> None:
        """Go on to the second step when both are right."""
        if self._account.admits(self.user.text(), self.password.text()):
            self.done.emit()
            return
        self.refuse("User name or password is wrong.")
        self.password.clear()
        self.password.setFocus()


class SecondFactor(CardPage):
    """The one-time code."""

    def __init__(self, language: str, colours: Colours, account: Account) -> None:
        remark = "Your authenticator shows six digits."
        super().__init__(language, colours, "One-time code", heading="Second step", remark=remark, button="Confirm")
        self._account = account
        self.code = self.add_field("One-time code")

    def submit(self) -> None:
        """Open the orders when the code is right."""
        if self._account.confirms(self.code.text()):
            self.done.emit()
            return
        self.refuse("The code is wrong or has expired.")
        self.code.clear()
        self.code.setFocus()


class OpenOrders(Page):
    """The table behind the sign-in; `done` is sent by *Sign out*."""

    HEADINGS = ("Order", "Customer", "Date", "Amount", "Status")

    def __init__(self, language: str, seed: int) -> None:
        super().__init__(language, "Open orders")
        rows, total = orders(seed, language)
        self.table = self._filled(rows)
        self.total = named(QLabel(f"{self.say('Total')}: {total}"), "total")
        self.sign_out = QPushButton(self.say("Sign out"))
        self.sign_out.clicked.connect(self.done)
        # The frame is the card's: one of the table's own would be painted over by its rows.
        card = QFrame()
        card.setObjectName("card")
        framed = QVBoxLayout(card)
        framed.setContentsMargins(2, 8, 2, 8)
        framed.addWidget(self.table)

        top = QHBoxLayout()
        top.addWidget(named(QLabel(self.say("Open orders")), "heading"))
        top.addStretch()
        top.addWidget(self.sign_out)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(32, 28, 32, 24)
        inside.setSpacing(18)
        inside.addLayout(top)
        inside.addWidget(card)
        inside.addWidget(self.total, alignment=Qt.AlignmentFlag.AlignRight)

    def open(self) -> None:
        """Begin at the button, so that no cell of the table is marked."""
        self.sign_out.setFocus()

    def _filled(self, rows: Sequence[Order]) -> QTableWidget:
        table = QTableWidget(len(rows), len(self.HEADINGS))
        table.setAccessibleName(self.say("Open orders"))
        table.setHorizontalHeaderLabels([self.say(heading) for heading in self.HEADINGS])
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(40)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        for row, order in enumerate(rows):
            for column, text in enumerate(asdict(order).values()):
                item = QTableWidgetItem(text)
                if column == 3:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                table.setItem(row, column, item)
        table.horizontalHeaderItem(3).setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return table


class OrdersWindow(QStackedWidget):
    """The window: sign-in → one-time code → open orders, and back to the sign-in."""

    def __init__(self, account: Account, *, language: str = "en", theme: str = "light", seed: int = 1) -> None:
        super().__init__()
        colours = DARK if theme == "dark" else LIGHT
        self.setPalette(palette(colours))
        self.setStyleSheet(style(colours))
        self.setWindowIcon(QIcon(emblem(colours, 128)))
        self.sign_in = SignIn(language, colours, account)
        self.second_factor = SecondFactor(language, colours, account)
        self.open_orders = OpenOrders(language, seed)
        self.sign_in.done.connect(lambda: self.show_page(self.second_factor))
        self.second_factor.done.connect(lambda: self.show_page(self.open_orders))
        self.open_orders.done.connect(lambda: self.show_page(self.sign_in))
        for page in (self.sign_in, self.second_factor, self.open_orders):
            self.addWidget(page)
        self.show_page(self.sign_in)

    def show_page(self, page: Page) -> None:
        """Bring a page to the front."""
        self.setCurrentWidget(page)
        self.setWindowTitle(page.title)
        page.open()


def named(label: QLabel, name: str) -> QLabel:
    """The label with the name by which the style sheet knows it."""
    label.setObjectName(name)
    return label


# ------------------------------------------------------------------------------------------------- how it starts


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description="A small sign-in application to practise automation on.")
    parser.add_argument("--language", choices=("en", "de"), default="en")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--seed", type=int, default=1, help="which orders are shown")
    variables = (("user", "user name"), ("password", "password"), ("totp", "TOTP secret"))
    for name, what in variables:
        default = f"ORDERS_APP_{name.upper()}"
        told = f"environment variable with the {what} (default {default})"
        parser.add_argument(f"--{name}-env", default=default, metavar="NAME", help=told)
    parser.add_argument("--width", type=int, default=960)
    parser.add_argument("--height", type=int, default=640)
    parser.add_argument("--print-table", action="store_true", help="print the rows as JSON lines and end")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Show the window until it is closed, or print the rows."""
    chosen = options(sys.argv[1:] if arguments is None else arguments)
    if chosen.print_table:
        for order in orders(chosen.seed, chosen.language)[0]:
            # ASCII, so that it can be read back whatever the console's encoding is.
            sys.stdout.write(json.dumps(asdict(order)) + "\n")
        return 0
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Qt's loop would not let Python see Ctrl+C
    application = QApplication([sys.argv[0]])
    application.setStyle("Fusion")
    application.setApplicationName("Orders")
    # One family wherever it is installed, so that the window looks, and reads, alike on every machine.
    font = QFont(["DejaVu Sans", "Segoe UI", "Helvetica Neue", "Arial"])
    font.setPointSizeF(11)
    application.setFont(font)
    account = Account.from_environment(chosen.user_env, chosen.password_env, chosen.totp_env)
    window = OrdersWindow(account, language=chosen.language, theme=chosen.theme, seed=chosen.seed)
    window.resize(chosen.width, chosen.height)
    window.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
