"""The report page: complete in itself, in the user's language, and safe whatever was read from the screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.errors import ErrorRecord
from agent.core.run import Run, Status, Step, new_id, now
from agent.report import report_html, write_report
from agent.resources.language import Language

FAULT = ErrorRecord("TargetNotFound", "No text {text}.", "Look.", {"text": "<b>Preis</b>"})


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(
        id=new_id(),
        workflow_id="w",
        workflow_name="Lesen & <Schreiben>",
        status=Status.FAILED,
        outputs={"rows": ["</pre><script>alert(1)</script>"]},
        error=FAULT,
        folder=str(tmp_path),
        started_at=now(),
        ended_at=now(),
    )


def step(run: Run, **rest: object) -> Step:
    return replace(Step(run_id=run.id, node_id="read", action="screen.find", status=Status.DONE), **rest)  # type: ignore[arg-type]  # any field


def test_the_page_tells_what_happened(run: Run) -> None:
    page = report_html(run, [step(run, title="Read the price", elapsed_s=1.5)], Language("en"))
    assert "Read the price" in page
    assert "1.50 s" in page
    assert run.id in page


def test_nothing_that_was_read_becomes_markup(run: Run) -> None:
    page = report_html(run, [step(run, error=FAULT, output={"text": "<img src=x>"})], Language("en"))
    assert "<script>" not in page
    assert "<img src=x>" not in page
    assert "<b>Preis" not in page


def test_the_screenshot_is_inside_the_page(run: Run, tmp_path: Path) -> None:
    (tmp_path / "read.png").write_bytes(b"\x89PNG-and-so-on")
    page = write_report(run, [step(run, screenshot="read.png")], Language("en")).read_text(encoding="utf-8")
    assert "data:image/png;base64," in page


def test_a_screenshot_that_is_gone_does_not_spoil_the_page(run: Run) -> None:
    assert "The screenshot is gone." in report_html(run, [step(run, screenshot="gone.png")], Language("en"))


def test_a_german_page_is_german(run: Run) -> None:
    page = report_html(run, [step(run)], Language("de"))
    assert '<html lang="de">' in page
    assert "fehlgeschlagen" in page
