"""`cchc-ml app`: write the tagger as one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..messages import message
from .common import ForceOption, ModelOption, check_writable, command, open_output, tell


@command
def app_(
    out: Annotated[Path, typer.Option("-o", "--output", help="The page to write (.html).")],
    model: ModelOption = None,
    force: ForceOption = False,
) -> None:
    """Write the tagger as one page that works in a browser, offline and without Python."""
    from ..model.storage import read_model
    from ..web.offline_page import render_offline_page

    check_writable(out, force, [model] if model else [])
    with open_output(out) as file:
        file.write(render_offline_page(read_model(model)))
    tell(message("wrote {out} ({size:,.0f} kB)", out=out, size=out.stat().st_size / 1e3))
