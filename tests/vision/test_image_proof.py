"""The quick part of `tests/benchmarks/image_proof.py`: 60 crops."""

from __future__ import annotations

from tests.benchmarks.image_proof import difference, trials
from tests.vision.rendered import Style, message_window, orders_window


def test_the_search_equals_the_full_correlation_on_sixty_crops() -> None:
    size = (460, 330)
    windows = [orders_window(Style(size=size, seed=2)).frame, orders_window(Style(size=size, seed=3, dark=True)).frame]
    text = ["Möchten Sie die Änderungen am Auftrag 4711", "wirklich speichern? Das ist nicht umkehrbar."] * 8
    strange = [message_window(text, Style(points=11)).frame, orders_window(Style(size=size, seed=13, dark=True)).frame]
    wrong = [told for trial in trials(windows, strange, crops=20) if (told := difference(trial))]
    assert wrong == []
