"""What stands in the windows of the corpus: made-up office data in German and English, the same for the same seed.

Standard library only: the GTK window runs it under the system's own Python.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_ASCII = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", " ": ".", "'": ""}
"""How names are written in addresses."""

_DATA = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))

_FRAMES: dict[str, dict[str, Any]] = _DATA["frames"]
"""The fixed texts of a window by ``domain/language``: its menus, buttons, heads; `orders` is of the tuning set."""


@dataclass
class Content:
    """The texts of one window."""

    title: str
    menus: list[str]
    tools: list[str]
    tabs: list[str]
    fields: list[tuple[str, str]]
    heads: list[str]
    rows: list[list[str]]
    right: list[int]
    """Columns that stand at the right: numbers."""
    groups: list[str]
    options: list[str]
    radios: list[str]
    combos: list[tuple[str, str]]
    buttons: list[str]
    links: list[str]
    hints: list[str]
    tree: list[str]
    cards: list[tuple[str, str]]
    prose: str
    heading: str
    question: str
    """What a dialog asks, to be filled in by a `Maker`."""
    dialog: str
    answers: list[str]
    status: str
    notes: list[str] = field(default_factory=list)


class Maker:
    """Makes single items by chance."""

    def __init__(self, language: str, pool: str, seed: int) -> None:
        self.language = language
        self.words: dict[str, list[str]] = _DATA["words"][f"{language}/{pool}"]
        self.pool = pool
        self.chance = random.Random(f"{language}/{pool}/{seed}")  # noqa: S311 - made-up data, not a secret

    def one(self, name: str) -> str:
        """A word of the pool."""
        return self.chance.choice(self.words[name])

    def person(self) -> str:
        """A first and last name."""
        return f"{self.one('first')} {self.one('last')}"

    def company(self) -> str:
        """A firm."""
        return f"{self.one('last')} {self.one('trade')}"

    def place(self) -> str:
        """A town."""
        return self.one("place")

    def thing(self) -> str:
        """An article."""
        return self.one("thing")

    def state(self) -> str:
        """How far it is."""
        return self.one("state")

    def remark(self) -> str:
        """A few words."""
        return self.one("remark")

    def order(self) -> str:
        """An order number."""
        style = self.chance.choice(
            ("AB-{}", "{}/26", "R{}", "2026-{}") if self.pool == "a" else ("RE-{}", "26.{}", "K{}-7")
        )
        return style.format(self.chance.randint(10_000, 99_999))

    def count(self) -> str:
        """A small whole number."""
        return str(self.chance.randint(2, 250))

    def date(self) -> str:
        """A day, as it is written in the language."""
        day, month, year = self.chance.randint(1, 28), self.chance.randint(1, 12), self.chance.randint(2019, 2027)
        return f"{day:02d}.{month:02d}.{year}" if self.language == "de" else f"{day:02d}/{month:02d}/{year}"

    def amount(self) -> str:
        """Money, as it is written in the language."""
        size = self.chance.choice((99, 999, 9_999, 99_999))
        text = f"{self.chance.randint(1, size)},{self.chance.randint(0, 99):02d}"
        whole, cents = text.split(",")
        whole = f"{int(whole):,}"
        if self.language == "de":
            return f"{whole.replace(',', '.')},{cents} €"
        return f"£{whole}.{cents}" if self.pool == "a" else f"{whole}.{cents}"

    def phone(self) -> str:
        """A telephone number of the ranges that belong to nobody."""
        last = self.chance.randint(100, 999)
        return f"+49 30 23125 {last}" if self.language == "de" else f"+44 20 7946 0{last}"

    def fill(self, template: str) -> str:
        """The template with made-up items."""
        kinds = ("order", "company", "person", "count", "date", "amount", "phone", "place")
        return template.format(**{kind: getattr(self, kind)() for kind in kinds})

    def values(self) -> list[str]:
        """What stands in the ten fields of the form."""
        person = self.person()
        mail = "".join(_ASCII.get(letter, letter) for letter in person.lower())
        rate = f"{self.chance.randint(0, 19)}{',' if self.language == 'de' else '.'}{self.chance.randint(0, 9)} %"
        street = f"{self.one('street')} {self.chance.randint(1, 240)}"
        if self.language == "en":
            street = f"{self.chance.randint(1, 240)} {self.one('street')}"
        days = f"{self.chance.choice((7, 14, 30, 60))} {'Tage netto' if self.language == 'de' else 'days net'}"
        town = f"{self.chance.randint(10_000, 99_999)} {self.place()}"
        number = f"{self.chance.randint(10, 99)} {self.chance.randint(100, 999)}"
        return [
            number,
            self.company(),
            person,
            street,
            town,
            self.phone(),
            f"{mail}@example.com",
            days,
            rate,
            self.date(),
        ]


def content(domain: str, language: str, seed: int, *, rows: int = 60) -> Content:
    """The texts of a window of the domain: ``orders``, ``invoices``, ``clinic`` or ``travel``."""
    maker = Maker(language, "a" if domain == "orders" else "b", seed)
    frame = _FRAMES[f"{domain}/{language}"]
    columns = _DATA["columns"][domain]
    labels = frame["labels"]
    return Content(
        title=frame["title"],
        menus=frame["menus"],
        tools=frame["tools"],
        tabs=frame["tabs"],
        fields=list(zip(labels, maker.values(), strict=True)),
        heads=frame["heads"],
        rows=[[getattr(maker, column)() for column in columns] for _ in range(rows)],
        right=[place for place, column in enumerate(columns) if column in ("count", "amount")],
        groups=frame["groups"],
        options=frame["options"],
        radios=frame["radios"],
        combos=[(labels[4], maker.place()), (labels[7], maker.state()), (labels[2], maker.person())],
        buttons=frame["buttons"],
        links=frame["links"],
        hints=frame["hints"],
        tree=frame["tree"],
        cards=[(maker.company(), maker.amount()) for _ in range(4)],
        prose=maker.fill(frame["prose"]),
        heading=maker.fill(frame["heading"]),
        question=frame["dialog"],
        dialog=maker.fill(frame["dialog"]),
        answers=frame["answers"],
        status=maker.fill(frame["status"]),
        notes=[maker.remark() for _ in range(4)],
    )
