"""The proof that the image search equals the full correlation: same hits, same misses, same nearest miss.

`python -m tests.benchmarks.image_proof` takes some minutes and compares 600 crops of drawn windows, each on the screen
as it was, with noise, and moved by half a pixel, and 600 crops of other windows that are not there.

The reference is written to be plainly right: OpenCV's own TM_CCOEFF_NORMED of the whole screen says which places may
be good enough, with a wide margin for its rounding; these are scored anew in whole numbers, and of places that overlap
by more than half the best ones are kept, one by one.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from agent.core.frame import Frame
from agent.core.geometry import Region
from agent.core.run import now
from agent.vision.frame import pixels
from agent.vision.look import Look, Place
from agent.vision.match_image import EXACT, Seen, find_image
from agent.vision.template import Template

SIZES = ((32, 32), (100, 40), (300, 200))
MIN_SCORE = 0.8
_MARGIN = 0.005

Scored = tuple[Region, float]


@dataclass(frozen=True, slots=True)
class Trial:
    """One search."""

    kind: str
    frame: Frame
    template: Template


def trials(windows: list[Frame], strange: list[Frame], *, crops: int, seed: int = 1) -> Iterator[Trial]:
    """So many crops of each size: three searches for each, and one for a crop of a strange window."""
    chance = np.random.default_rng(seed)
    for number in range(crops):
        window = windows[number % len(windows)]
        screens = {"clean": window, "noise": noisy(window, chance), "shifted": shifted(window)}
        for size in SIZES:
            template = crop(window, size, chance)
            for kind, screen in screens.items():
                yield Trial(f"{kind} {size[0]}×{size[1]}", screen, template)
            other = crop(strange[number % len(strange)], size, chance)
            yield Trial(f"strange {size[0]}×{size[1]}", window, other)


def crop(frame: Frame, size: tuple[int, int], chance: np.random.Generator) -> Template:
    """A part with something in it."""
    picture = pixels(frame)
    while True:
        y = chance.integers(0, frame.region.height - size[1] + 1)
        x = chance.integers(0, frame.region.width - size[0] + 1)
        part = picture[y : y + size[1], x : x + size[0], :3]
        if part.std() > 6:
            return Template(np.ascontiguousarray(part))


def frame_of(picture: np.ndarray) -> Frame:
    """A frame of h × w × 4."""
    return Frame(picture.tobytes(), Region(0, 0, picture.shape[1], picture.shape[0]), now())


def noisy(frame: Frame, chance: np.random.Generator) -> Frame:
    """The frame with noise of sigma 8 in each channel."""
    noise = chance.normal(0, 8, pixels(frame).shape)
    return frame_of(np.clip(pixels(frame) + noise, 0, 255).astype(np.uint8))


def shifted(frame: Frame) -> Frame:
    """The frame moved by half a pixel, which also blurs it."""
    move = np.array([[1, 0, 0.5], [0, 1, 0.5]])
    size = (frame.region.width, frame.region.height)
    return frame_of(cv2.warpAffine(pixels(frame), move, size, borderMode=cv2.BORDER_REPLICATE))


# --- the reference ---


def full_correlation(frame: Frame, template: Template, min_score: float) -> tuple[list[Scored], Scored | None]:
    """The places that are good enough, the most similar first, and the nearest miss when there is none."""
    picture = pixels(frame)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGRA2GRAY)
    wanted = cv2.cvtColor(template.colours, cv2.COLOR_BGR2GRAY)
    scores = cv2.matchTemplate(grey, wanted, cv2.TM_CCOEFF_NORMED)
    least = min(min_score, float(scores.max())) - _MARGIN
    found = []
    for y, x in np.argwhere(scores >= least).tolist():
        shape = true_score(grey, wanted, y, x)
        found.append((-shape, y, x, max(0.0, min(shape, colour_likeness(picture, template, y, x)))))
    found.sort()
    height, width = wanted.shape
    kept: list[tuple[float, int, int, float]] = []
    for each in (each for each in found if -each[0] >= min_score and each[3] >= min_score):
        if all(2 * abs(each[1] - y) >= height or 2 * abs(each[2] - x) >= width for _, y, x, _ in kept):
            kept.append(each)
    shaped = [each for each in found if -each[0] >= min_score]
    miss = max(shaped, key=lambda each: each[3]) if shaped else found[0]
    at = [(Region(x, y, width, height), score) for _, y, x, score in (kept or [miss])]
    return (at, None) if kept else ([], at[0])


def true_score(grey: np.ndarray, wanted: np.ndarray, y: int, x: int) -> float:
    """The correlation coefficient of one place."""
    part = grey[y : y + wanted.shape[0], x : x + wanted.shape[1]].astype(np.int64)
    other = wanted.astype(np.int64)
    number = part.size
    above = number * int((part * other).sum()) - int(part.sum()) * int(other.sum())
    spreads = [number * int((each * each).sum()) - int(each.sum()) ** 2 for each in (part, other)]
    return min(1.0, above / math.sqrt(spreads[0] * spreads[1])) if all(spreads) else 0.0


def colour_likeness(picture: np.ndarray, template: Template, y: int, x: int) -> float:
    """The second condition: see `agent.vision.likeness`."""
    part = picture[y : y + template.height, x : x + template.width, :3].astype(np.int64)
    return max(0.0, 1 - math.sqrt(float(((part - template.colours) ** 2).mean())) / 128)


# --- the comparison ---


def difference(trial: Trial) -> str:
    """What differs between the search and the reference; empty when nothing does."""
    seen = find_image(trial.frame, trial.template, min_score=MIN_SCORE, scales="same")
    if seen.matches and seen.matches[0].rank == EXACT and (told := exact_difference(trial, seen)):
        return told
    matches, closest = full_correlation(trial.frame, trial.template, MIN_SCORE)
    # By likeness, even if it is there pixel by pixel.
    places, miss = Look(trial.template, trial.frame).alike(MIN_SCORE)
    ours = [scored(trial.template, place) for place in places]
    near = [scored(trial.template, miss)] if miss else []
    if not equal(ours, matches) or not equal(near, [closest] if closest else []):
        return f"{trial.kind}: {ours} {near} instead of {matches} {closest}"
    return ""


def scored(template: Template, place: Place) -> Scored:
    """As the reference has it, for a frame at 0,0."""
    return Region(place.x, place.y, template.width, template.height), place.score


def exact_difference(trial: Trial, seen: Seen) -> str:
    """Pixel-identical places are all that is told: each is one, and no other is, but those that overlap with it."""
    picture, template = pixels(trial.frame)[:, :, :3], trial.template
    ours = [match.rect for match in seen.matches]
    same = cv2.matchTemplate(np.ascontiguousarray(picture), template.colours, cv2.TM_SQDIFF) < template.colours.size
    for y, x in np.argwhere(same).tolist():
        is_same = (picture[y : y + template.height, x : x + template.width] == template.colours).all()
        near = any(2 * abs(r.y - y) < r.height and 2 * abs(r.x - x) < r.width for r in ours)
        if is_same and not near:
            return f"{trial.kind}: {x},{y} was not found"
    wrong = [r for r in ours if (picture[r.y : r.bottom, r.x : r.right] != template.colours).any()]
    return f"{trial.kind}: {wrong} are not the same" if wrong else ""


def equal(some: list[Scored], others: list[Scored]) -> bool:
    """The same places in the same order, with the same scores."""
    return [rect for rect, _ in some] == [rect for rect, _ in others] and all(
        math.isclose(one, two, abs_tol=1e-9) for (_, one), (_, two) in zip(some, others, strict=True)
    )


def main() -> None:
    """Print what was compared, and what differs."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tests.vision.rendered import Style, message_window, orders_window

    size = (1280, 800)
    windows = [
        orders_window(Style(size=size, rows=24, seed=2)).frame,
        orders_window(Style(size=size, rows=24, seed=3, dark=True, family="DejaVu Serif")).frame,
        orders_window(Style(size=size, rows=24, seed=4, qt_style="Windows", grid=False, points=9)).frame,
    ]
    text = ["Möchten Sie die Änderungen am Auftrag 4711", "wirklich speichern? Das ist nicht umkehrbar."] * 8
    strange = [
        orders_window(Style(size=size, rows=24, seed=12)).frame,
        orders_window(Style(size=size, rows=24, seed=13, dark=True, family="DejaVu Serif")).frame,
        message_window(text, Style(points=11)).frame,
    ]
    started, counts, wrong = time.monotonic(), dict[str, int](), []
    for trial in trials(windows, strange, crops=200):
        counts[trial.kind] = counts.get(trial.kind, 0) + 1
        if told := difference(trial):
            wrong.append(told)
    for kind, count in sorted(counts.items()):
        print(f"{count:5} {kind}")
    print(
        f"{sum(counts.values())} searches in {time.monotonic() - started:.0f} s, {len(wrong)} differ", *wrong, sep="\n"
    )


if __name__ == "__main__":
    main()
