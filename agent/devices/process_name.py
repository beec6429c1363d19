"""The program's file name of a process."""

from __future__ import annotations


def process_name(pid: int) -> str:
    """Such as ``mousepad`` or ``excel.exe``; empty for 0 and for a process that has ended or is not ours to see."""
    import psutil

    try:
        return str(psutil.Process(pid).name()) if pid else ""
    except psutil.Error:
        return ""
