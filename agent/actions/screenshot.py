"""The action that takes a picture of the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, field_validator, model_validator

from agent.actions.file import cannot_write
from agent.actions.place import find_window, part_of
from agent.core.action import Action
from agent.core.context import Context
from agent.core.errors import ActionError
from agent.core.frame import Compression, PictureFormat, PictureScale, PictureStyle, Quality, format_of
from agent.core.geometry import Region
from agent.core.target import Window


class Screenshot(
    Action,
    id="screen.screenshot",
    label="Take a screenshot",
    icon="screenshot",
    category="Screen",
    uses={"desktop"},
    effect="idempotent",
    keywords=("capture", "picture", "image", "Bildschirmfoto", "Bildschirmaufnahme", "Bild speichern"),
):
    """Save a picture of the screen, of one monitor, a window or a region, as a PNG, JPEG or WebP file.

    Places where secrets were typed in this run are painted over. A window is pictured as it is: what covers it
    is in the picture too.
    """

    monitor: int | None = Field(None, title="Monitor", description="1 is the primary one.", ge=1, le=64)
    window: Window | None = Field(None, title="Window", description="Picture this window only.")
    region: Region | None = Field(
        None,
        title="Region",
        description="The part to picture, counted from the window's or monitor's corner, if one is given.",
    )
    file: str = Field(
        "",
        title="File",
        description="Where to save it, ending in .png, .jpg, .jpeg or .webp; relative names lie in the run's folder. "
        "Empty: a new file there.",
        max_length=1000,
    )
    format: PictureFormat | None = Field(
        None, title="Format", description="Empty: as the file's name ends; png without one."
    )
    compression: Compression = Field(
        1,
        title="Compression",
        description="For PNG and lossless WebP. 1 is the quickest, 9 makes the smallest files, 0 does not compress.",
    )
    quality: Quality = Field(80, title="Quality", description="For JPEG and WebP: 1 is the worst, 100 the best.")
    lossless: bool = Field(
        False, title="Lossless", description="For WebP: keep every pixel, in a much smaller file than a PNG."
    )
    scale: PictureScale = Field(1.0, title="Scale", description="0.5 makes it half as wide and high, 2 twice.")
    cursor: bool = Field(
        False, title="Mouse pointer", description="Show the mouse pointer too. Windows and macOS do not give it."
    )

    class Result(BaseModel):
        image: str = Field(title="Image", description="The file's name.")
        path: str = Field(title="Path", description="The file with its folder.")

    @field_validator("file")
    @classmethod
    def _is_picture(cls, value: str) -> str:
        if value and format_of(value) is None:
            raise ValueError("the file must end in .png, .jpg, .jpeg or .webp")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.monitor is not None and self.window is not None:
            raise ValueError("give a monitor or a window, not both")
        if self.file and self.format not in (None, format_of(self.file)):
            raise ValueError("the file's name ends as another format does")
        self._style()  # whatever is wrong with it is wrong here
        return self

    def run(self, context: Context) -> Result:
        region, style = self._place(context), self._style()
        path = context.path(self.file) if self.file else _free(context.folder / style.file_name("screenshot"))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            saved = context.screenshot(str(path), region, style=style, cursor=self.cursor)
        except OSError as error:
            raise cannot_write(path, error) from error
        return self.Result(image=saved.name, path=str(saved))

    def _style(self) -> PictureStyle:
        return PictureStyle(
            format=self.format or format_of(self.file) or "png",
            compression=self.compression,
            quality=self.quality,
            lossless=self.lossless,
            scale=self.scale,
        )

    def _place(self, context: Context) -> Region | None:
        if self.window is not None:
            return part_of(find_window(context, self.window).region, self.region)
        if self.monitor is not None:
            monitors = context.screen.monitors()
            if self.monitor > len(monitors):
                raise ActionError(
                    "There is no monitor {number}, only {count}.",
                    "Choose another monitor, or none for all of them.",
                    number=self.monitor,
                    count=len(monitors),
                )
            return part_of(monitors[self.monitor - 1].region, self.region)
        return self.region


def _free(path: Path) -> Path:
    """The first of ``screenshot-1.png``, ``screenshot-2.png`` … that is not there yet."""
    number = 1
    while (free := path.with_stem(f"{path.stem}-{number}")).exists():
        number += 1
    return free
