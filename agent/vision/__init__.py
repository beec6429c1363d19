"""Algorithms on pixels: compare frames, find pictures, read text, resolve targets. Knows no operating system.

`ScreenEye` is the face of it. Importing this package loads neither numpy nor OpenCV nor Tesseract; the first look does.
"""

from __future__ import annotations

from agent.vision.album import Album
from agent.vision.eye import ScreenEye
from agent.vision.tesseract import requirements

__all__ = ["Album", "ScreenEye", "requirements"]
