"""``tla bench``: the product's figures, each beside a named peer measured in the same run.

`row.py` says what a row is, `rows/` holds them, `peers.py` the peers, `stand.py` what they are measured on and
`measure.py` how.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from agent.core.errors import AgentError

if TYPE_CHECKING:
    from agent.cli.bench.row import Case, Row
    from agent.cli.bench.stand import Stand
    from agent.cli.console import Printer


_WIDE = 180
"""Columns that the table gets in a file or pipe, where a line has no end."""


def run_bench(names: list[str], json_file: Path | None, printer: Printer, *, rounds: int | None = None) -> int:
    """Measure the rows whose ids start with one of `names`, or that such a group has, and print them as a table.

    No name stands for all, ``vision`` for all of reading and finding. `json_file` gets a list of ``{id, title, value,
    unit, target, peer, peer_value, ratio, ok}``. Returns 0 when no target was missed and 1 when one was, or when ours
    could not be measured. Raises AgentError, before anything is measured, for a name that no row has and a file that
    cannot be written. `rounds` is for trying out.
    """
    from agent.cli.bench.stand import Stand
    from agent.settings import Home

    cases = _chosen(names)
    if json_file:
        _write(json_file, [])  # a bad place is told now, and not after minutes of measuring
    home = Home.of_user()
    rows: list[Row] = []
    try:
        with Stand(home, home.load_settings(), rounds=rounds) as stand:
            rows.extend(_measured(cases, stand, printer))
    finally:  # who stops it sees what there is
        show(rows, printer)
    if json_file:
        _write(json_file, rows)
    return 1 if any(row.ok is False for row in rows) else 0


def show(rows: Sequence[Row], printer: Printer) -> None:
    """The table, then what a reader of the figures must know."""
    if not printer.out.is_terminal:
        printer.out.width = max(printer.out.width, _WIDE)
    heads = ("Row", "What is measured", "Ours", "Peer", "Theirs", "Times", "Target", "")
    printer.table(heads, [_cells(row, printer) for row in rows], numbers=(2, 4, 5))
    notes: dict[str, list[str]] = {}
    for row in rows:
        if row.note:
            notes.setdefault(" ".join(printer.tr.error(row.note)).strip(), []).append(row.id)
    for note, ids in notes.items():
        printer.line(f"{', '.join(ids)}: {note}", style="yellow")
    printer.say("Medians; each row and its peer took turns in this run. Less is better; “Times” says how much better.")


def _chosen(names: Sequence[str]) -> list[Case]:
    """The rows that are named, in the order of the table: each by a group's name or by how its id starts."""
    from agent.cli.bench.rows import CASES, GROUPS, cases

    chosen: set[str] = set()
    for name in names:
        rows = cases(GROUPS[name]) if name in GROUPS else [case for case in CASES if case.id.startswith(name)]
        if not rows:
            raise AgentError(
                "There is no row {name}.",
                "There are: {known}.",
                name=f"“{name}”",
                known=", ".join([*GROUPS, *(case.id for case in CASES)]),
            )
        chosen.update(case.id for case in rows)
    return [case for case in CASES if not names or case.id in chosen]


def _measured(cases: Sequence[Case], stand: Stand, printer: Printer) -> Iterator[Row]:
    from rich.text import Text

    for case in cases:
        # A plain line, no moving one: that would take time from what is measured.
        printer.err.print(Text(f"… {case.id}", style="dim"))
        yield _row(case, stand)


def _row(case: Case, stand: Stand) -> Row:
    from agent.cli.bench.corpus import NoCorpus
    from agent.cli.bench.peers import PEERS, titled

    title = " ".join(filter(None, (titled(PEERS[case.peer]), case.reads))) if case.peer else ""
    try:
        peer = stand.peer(case.peer)
        row = case.row(case.measure(stand, peer), title)
    except AgentError as error:
        return case.failed(title, error.record(), missed=not isinstance(error, NoCorpus))
    return replace(row, note=row.note or peer.missing)


def _cells(row: Row, printer: Printer) -> tuple[str, ...]:
    verdict = {True: "✓", False: f"✗ {printer.tr('missed')}", None: "–" if row.target else ""}[row.ok]
    ratio = f"{row.ratio:.3g}×" if row.ratio is not None else "–"
    return (
        row.id,
        printer.tr(row.title),
        _figure(row.value, row.unit),
        row.peer,
        _figure(row.peer_value, row.unit),
        ratio,
        row.target,
        verdict,
    )


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f} {unit}" if value >= 100 or value == int(value) else f"{value:.3g} {unit}"


def _write(path: Path, rows: Sequence[Row]) -> None:
    """Write the list, so that nobody ever reads half of it."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(json.dumps([row.to_json() for row in rows], ensure_ascii=False, indent=2) + "\n", "utf-8")
        part.replace(path)
    except OSError as error:
        raise AgentError(
            "The file {path} cannot be written: {reason}.",
            "Name a file in a folder that is there and yours.",
            path=path,
            reason=error.strerror or error,
        ) from error
