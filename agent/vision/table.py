"""Tables in what was read: rows and columns, found by how the words are aligned.

A column ends where a *river* runs: a strip without any word through all lines of the table. Of all blocks of lines
the one with the most text beside its rivers is the table, so what stands above and below it is left out.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from agent.core.errors import ErrorRecord
from agent.core.geometry import Region
from agent.core.text import Table, TextRead, Word
from agent.vision.river import River, TextLine, lines_of, narrowed, parting

_FAR = 6.0
"""In text heights: lines further apart belong to two tables. The airy rows of a web page have 5."""
_HINT = "Choose a region that holds the table and little else."


def table_of(read: TextRead, *, header: bool = True) -> Table:
    """The largest table in the text; empty, with a reason, when the text stands in no columns.

    With `header` the first row gives the names of the columns. Cells may be empty or have several words or lines.
    """
    lines = lines_of(read)
    if not lines:
        return _none("There is no text in {region}.", read.region)
    block = _best_block(lines)
    if len(block.lines) < 2 and (len(lines) > 1 or not header):
        return _none("The text in {region} stands in no columns.", read.region)
    columns = _Columns(block)
    if not columns.separators or not columns.aligned():
        return _none("The text in {region} stands in no columns.", read.region)
    return columns.table(header)


def _none(message: str, region: Region) -> Table:
    return Table(reason=ErrorRecord("NoTable", message, _HINT, {"region": str(region)}))


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines below each other with the rivers that part their columns."""

    lines: tuple[TextLine, ...] = ()
    rivers: tuple[River, ...] = ()
    spanning: frozenset[int] = frozenset()
    """Which of the lines have text across a river: a heading within the table, the sum below it."""


def _best_block(lines: Sequence[TextLine]) -> _Block:
    """The block with the most words beside rivers, trimmed to lines that follow each other evenly."""
    best, most = (0, 0), 0
    for start in range(len(lines)):
        for end, rivers in _candidates(lines, start):
            if _beside(rivers) < max(most, 1):  # before the costly part
                continue
            here = _beside(parting(rivers, lines[start:end]))
            # Of two that are as good the shorter one: the line above is a title.
            if here > most or (here == most and end == best[1]):
                best, most = (start, end), here
    return _block(lines, *_trimmed(lines, *best)) if most else _Block()


def _candidates(lines: Sequence[TextLine], start: int) -> Iterator[tuple[int, Sequence[River]]]:
    """The blocks from `start` that the next line would make worse; to go on is better in all other cases."""
    blocks = list(_growing(lines, start))
    for (end, rivers), (_, longer) in itertools.pairwise([*blocks, (0, ())]):
        if _count(longer) < _count(rivers) or _beside(longer) <= _beside(rivers):
            yield end, rivers


def _beside(rivers: Sequence[River]) -> int:
    return sum(river.beside for river in rivers)


def _growing(lines: Sequence[TextLine], start: int) -> Iterator[tuple[int, Sequence[River]]]:
    """Each block from `start` (its end, exclusive, and its rivers) for as long as rivers run through it."""
    rivers: Sequence[River] = narrowed([River()], lines[start])
    spanned = False
    yield start + 1, rivers
    for end in range(start + 1, len(lines)):
        line = lines[end]
        if line.baseline - lines[end - 1].baseline > _FAR * line.height:
            return
        through = narrowed(rivers, line)
        spans = _spans(line, rivers, through)
        if spans and spanned:  # two of them are a paragraph, no heading within a table
            return
        spanned = spans
        if not spans:
            if _count(rivers) and not _count(through):
                return
            rivers = through
            yield end + 1, rivers


def _spans(line: TextLine, rivers: Sequence[River], through: Sequence[River]) -> bool:
    return line.is_single and _count(through) < _count(rivers)


def _count(rivers: Sequence[River]) -> int:
    return sum(river.beside > 0 for river in rivers)


def _trimmed(lines: Sequence[TextLine], start: int, end: int) -> tuple[int, int]:
    """Without lines at the ends that stand apart: a menu or a row of buttons that happens to be aligned."""
    steps = _steps(lines[start:end])
    if len(steps) >= 2:
        far = 2 * median(steps)
        while end - start > 2 and lines[start + 1].baseline - lines[start].baseline > far:
            start += 1
        while end - start > 2 and lines[end - 1].baseline - lines[end - 2].baseline > far:
            end -= 1
    return start, end


def _steps(lines: Sequence[TextLine]) -> list[float]:
    return [below.baseline - above.baseline for above, below in itertools.pairwise(lines)]


def _block(lines: Sequence[TextLine], start: int, end: int) -> _Block:
    """The block, with the upper lines of its header above it and the sums below."""
    rivers: Sequence[River] = [River()]
    spanning = set()
    for index in range(start, end):
        through = narrowed(rivers, lines[index])
        if _spans(lines[index], rivers, through):
            spanning.add(index)
        else:
            rivers = through
    whole = [line for index, line in enumerate(lines[start:end], start) if index not in spanning]
    rivers = parting(rivers, whole)
    step = median(_steps(lines[start:end]) or [0])
    while start > 0 and lines[start].baseline - lines[start - 1].baseline <= 0.8 * step:
        through = narrowed(rivers, lines[start - 1])
        if len(through) < len(rivers):
            break
        start -= 1
    while end < len(lines) and lines[end].baseline - lines[end - 1].baseline <= 1.4 * step:
        through = narrowed(rivers, lines[end])
        if len(through) < len(rivers):
            if lines[end].is_single or not through:
                break
            spanning.add(end)
        end += 1
    return _Block(tuple(lines[start:end]), tuple(rivers), frozenset(index - start for index in spanning))


class _Columns:
    """A block whose words are put into columns, and its lines into rows."""

    def __init__(self, block: _Block) -> None:
        self.separators = [round((river.left + river.right) / 2) for river in block.rivers]
        self._lines = block.lines
        self._cells = [
            self._by_column(line, spanning=number in block.spanning) for number, line in enumerate(block.lines)
        ]

    def _by_column(self, line: TextLine, *, spanning: bool) -> dict[int, list[Word]]:
        """The words of a line by the index of their column; a cell across a river stays whole where it begins."""
        begins: dict[tuple[int, int], int] = {}
        cells: dict[int, list[Word]] = {}
        for piece in line.pieces:
            x = piece.word.rect.x if spanning else piece.word.rect.center.x
            column = sum(x >= separator for separator in self.separators)
            if spanning:
                column = begins.setdefault(piece.cell, column)
            cells.setdefault(column, []).append(piece.word)
        return cells

    def aligned(self) -> bool:
        """Whether most columns have a common left edge, right edge or middle."""
        tolerance = max(3.0, 0.35 * self._lines[0].height)
        found = [self._aligned(column, tolerance) for column in range(len(self.separators) + 1)]
        return len(self._lines) < 2 or sum(found) * 2 >= len(found)

    def _aligned(self, column: int, tolerance: float) -> bool:
        cells = [cells[column] for cells in self._cells if column in cells]
        edges = (
            [cell[0].rect.x for cell in cells],
            [cell[-1].rect.right for cell in cells],
            [(cell[0].rect.x + cell[-1].rect.right) / 2 for cell in cells],
        )
        return any(
            sum(abs(edge - median(side)) <= tolerance for edge in side) >= 0.6 * len(side) for side in edges if side
        )

    def table(self, header: bool) -> Table:
        """The table; its first row names the columns when there is a header."""
        rows = [self._joined(lines) for lines in self._rows()]
        count = len(self.separators) + 1
        texts = [tuple(_text(row.get(column, [])) for column in range(count)) for row in rows]
        sure = [tuple(_least(row.get(column, [])) for column in range(count)) for row in rows]
        around = [_around([word for lines in row.values() for line in lines for word in line]) for row in rows]
        whole = around[0]
        for rect in around:
            whole = whole.union(rect)
        edges = [whole.x, *self.separators, whole.right]
        first = 1 if header else 0
        return Table(
            columns=texts[0] if header else ("",) * count,
            rows=tuple(texts[first:]),
            confidences=tuple(sure[first:]),
            column_rects=tuple(
                Region(left, whole.y, right - left, whole.height) for left, right in itertools.pairwise(edges)
            ),
            row_rects=tuple(Region(whole.x, rect.y, whole.width, rect.height) for rect in around[first:]),
        )

    def _rows(self) -> Iterator[list[int]]:
        """The lines of each row: those of one row stand closer than rows do, and fill fewer columns."""
        steps = [math.inf, *_steps(self._lines)]
        fullest = max(map(len, self._cells))
        least = 0.9 * self._lines[0].height
        # The first two lines may be the two of a header.
        whole = [step for step, cells in zip(steps, self._cells, strict=True) if len(cells) >= 0.75 * fullest][2:]
        close = 0.8 * min((step for step in whole if step >= least), default=0)
        row, filled = [0], set(self._cells[0])
        for number in range(1, len(self._lines)):
            here, step = set(self._cells[number]), steps[number]
            if step < least or (step <= close and (here < filled or filled < here)):
                row.append(number)
                filled |= here
            else:
                yield row
                row, filled = [number], here
        yield row

    def _joined(self, numbers: Sequence[int]) -> dict[int, list[list[Word]]]:
        joined: dict[int, list[list[Word]]] = {}
        for number in numbers:
            for column, words in self._cells[number].items():
                joined.setdefault(column, []).append(words)
        return joined


def _text(lines: Sequence[Sequence[Word]]) -> str:
    """The lines of a cell as one; a word broken at its hyphen is put together."""
    text = ""
    for line in lines:
        more = " ".join(word.text for word in line)
        if text.endswith("-") and text[-2:-1].isalpha() and more[:1].islower():
            text = text[:-1] + more
        else:
            text = f"{text} {more}" if text else more
    return text


def _least(lines: Sequence[Sequence[Word]]) -> float:
    return min((word.confidence for line in lines for word in line), default=100.0)


def _around(words: Sequence[Word]) -> Region:
    rect = words[0].rect
    for word in words[1:]:
        rect = rect.union(word.rect)
    return rect
