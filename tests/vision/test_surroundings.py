"""A form is known again by what lies around a field, whatever its brightness; another page is not it."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.vision.surroundings import recognises

AREA = Region(100, 100, 360, 150)
FIELD = Region(160, 160, 200, 26)
FONT = ImageFont.load_default(14)


def page(*texts: tuple[int, int, str], field: str | None = "•••••••") -> Image.Image:
    image = Image.new("L", (AREA.width, AREA.height), 250)
    draw = ImageDraw.Draw(image)
    for x, y, text in texts:
        draw.text((x, y), text, fill=20, font=FONT)
    if field is not None:
        draw.rectangle((59, 59, 261, 87), outline=120)
        draw.text((66, 64), field, fill=0, font=FONT)
    return image


FORM = page((60, 20, "Password"), (60, 100, "Forgot it?"), (280, 64, "Show"))


def frame(image: Image.Image) -> Frame:
    grey = np.asarray(image, np.uint8)
    return Frame(np.dstack([grey] * 4).tobytes(), AREA, datetime.now(UTC))


@pytest.mark.parametrize(
    "now",
    [
        FORM,
        page((60, 20, "Password"), (60, 100, "Wrong password"), (280, 64, "Hide"), field="hunter22"),
        FORM.point(lambda value: value // 2),  # dimmed under a dialog
        FORM.point(lambda value: 255 - value),  # dark
        page((60, 20, "Password"), field=None),
    ],
)
def test_the_form_is_recognised(now: Image.Image) -> None:
    assert recognises(frame(FORM), frame(now), apart_from=FIELD)


@pytest.mark.parametrize(
    "now",
    [
        page(field=None),
        page(
            (10, 10, "Orders of Friday"), (10, 60, "4711  Müßig   12,50"), (10, 110, "4712  Höfer   99,00"), field=None
        ),
        page((33, 31, "Welcome back, Jürgen"), (33, 91, "You have three open orders"), field=None),
    ],
)
def test_another_page_is_not_the_form(now: Image.Image) -> None:
    assert not recognises(frame(FORM), frame(now), apart_from=FIELD)


def test_where_nothing_lies_around_the_field_nothing_speaks_against_it() -> None:
    blank = Image.new("L", (AREA.width, AREA.height), 250)
    assert recognises(frame(blank), frame(page((60, 20, "Orders"), field=None)), apart_from=FIELD)


def test_what_is_in_the_hole_is_not_looked_at() -> None:
    form, other = page(field="hunter22"), page((33, 31, "Orders"), field=None)
    assert not recognises(frame(FORM), frame(other), apart_from=FIELD)
    assert recognises(frame(form), frame(other), apart_from=FIELD.grown(40))  # nothing but the hole: nothing is known
