"""A run as a page to read: ``report.html`` in the run's folder, complete in itself."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any

from agent.core.run import Run, Step
from agent.resources.language import Language

NAME = "report.html"

_PAGE = Template("""<!doctype html>
<html lang="$code"><head><meta charset="utf-8"><title>$title</title><style>
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0; } table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.error { border-left: 4px solid #c62828; padding: .5rem 1rem; background: var(--soft); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; font-size: 13px; }
img { max-width: 100%; border: 1px solid var(--line); } .quiet { opacity: .7; }
</style></head><body>
<h1>$title</h1><p class="quiet">$subtitle</p>$error
<table><thead><tr><th>$step</th><th>$result</th><th>$time</th><th>$details</th></tr></thead><tbody>
$rows</tbody></table>$outputs</body></html>
""")


def write_report(run: Run, steps: Sequence[Step], language: Language) -> Path:
    """Write the page in the user's language and return its path."""
    path = Path(run.folder) / NAME
    path.write_text(report_html(run, steps, language), encoding="utf-8")
    return path


def report_html(run: Run, steps: Sequence[Step], tr: Language) -> str:
    """The page as text. Screenshots are inside it, so that it can be mailed as it is."""
    folder = Path(run.folder)
    started = run.started_at or run.created_at
    return _PAGE.substitute(
        code=tr.code,
        title=html.escape(run.workflow_name),
        subtitle=html.escape(
            f"{tr(run.status.value)} · {started.astimezone():%Y-%m-%d %H:%M:%S} · {run.elapsed_s:.1f} s · {run.id}"
        ),
        error=_error(run, tr) if run.error else "",
        step=html.escape(tr("Step")),
        result=html.escape(tr("Result")),
        time=html.escape(tr("Time")),
        details=html.escape(tr("Details")),
        rows="\n".join(_row(step, folder, tr) for step in steps),
        outputs=_outputs(run.outputs, tr) if run.outputs else "",
    )


def _error(record: Run | Step, tr: Language) -> str:
    assert record.error is not None  # noqa: S101 - the callers look first
    message, hint = tr.error(record.error)
    return f'<div class="error"><strong>{html.escape(message)}</strong><br>{html.escape(hint)}</div>'


def _row(step: Step, folder: Path, tr: Language) -> str:
    name = html.escape(step.title or step.node_id) + (f" <small>{html.escape(step.path)}</small>" if step.path else "")
    attempt = f" ({step.attempt})" if step.attempt > 1 else ""
    details = _error(step, tr) if step.error else ""
    if step.output:
        details += f"<details><summary>{html.escape(tr('Output'))}</summary><pre>{_pretty(step.output)}</pre></details>"
    if step.screenshot:
        details += _picture(folder / step.screenshot, tr)
    return (
        f"<tr><td>{name}<br><small class='quiet'>{html.escape(step.action)}</small></td>"
        f"<td>{html.escape(tr(step.status.value))}{attempt}</td>"
        f"<td class='n'>{step.elapsed_s:.2f} s</td><td>{details}</td></tr>"
    )


def _picture(path: Path, tr: Language) -> str:
    try:
        data = base64.b64encode(path.read_bytes()).decode()
    except OSError:
        return f"<p>{html.escape(tr('The screenshot is gone.'))}</p>"
    picture = f'<img src="data:image/png;base64,{data}" alt="">'
    return f"<details><summary>{html.escape(tr('Screenshot'))}</summary>{picture}</details>"


def _outputs(outputs: dict[str, Any], tr: Language) -> str:
    return f"<h2>{html.escape(tr('Outputs'))}</h2><pre>{_pretty(outputs)}</pre>"


def _pretty(value: Any) -> str:
    return html.escape(json.dumps(value, ensure_ascii=False, indent=2, default=str))
