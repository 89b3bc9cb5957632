"""Run scripts of the page with node, without a browser."""

import json
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

from needs import missing

from cchc_ml.web.scripts import TRANSLATED, page_file

MODULES = files("cchc_ml.web").joinpath("page")


def node() -> str:
    """Return the path of node. If it is missing, skip the test, or fail it in CI."""
    found = shutil.which("node")
    return found or missing("node is not installed", "Run: apt-get install nodejs npm")


def write_modules(folder: Path) -> Path:
    """Write the modules of the page into a folder, the translated one included."""
    for file in MODULES.iterdir():
        if file.name.endswith(".js"):
            (folder / file.name).write_text(file.read_text("utf8"), "utf8")
    (folder / TRANSLATED).write_text(page_file(TRANSLATED), "utf8")
    (folder / "package.json").write_text('{"type": "module"}', "utf8")
    return folder


def run(script: str, folder: Path, given: Any = None) -> Any:
    """Run an ES module in a folder. It finds what is given as `given`, and returns what it assigns to `answer`."""
    module = folder / "run.mjs"
    head = 'import { readFileSync } from "node:fs";\nconst given = JSON.parse(readFileSync(0, "utf8"));\nlet answer;'
    imports = [line for line in script.splitlines() if line.startswith("import ")]
    others = [line for line in script.splitlines() if not line.startswith("import ")]
    text = "\n".join([*imports, head, *others, "console.log(JSON.stringify(answer ?? null));"])
    module.write_text(text, "utf8")
    done = subprocess.run(
        [node(), str(module)], input=json.dumps(given), capture_output=True, encoding="utf8", timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
