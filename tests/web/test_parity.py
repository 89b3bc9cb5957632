"""The scripts of the page do what Python does: the golden file is what Python does now, and node compares it."""

import gzip
import json
import os
import subprocess

import pytest
from parity import GOLDEN, golden, old_files
from scripts import node

from cchc_ml.web.offline_page import page_data

STALE = "tests/web/parity.json.gz is not what Python does now; run `make parity`, and look at what changed"


def test_the_golden_file_is_not_stale():
    kept = json.loads(gzip.decompress(GOLDEN.read_bytes()))
    now = json.loads(json.dumps(golden(old_files()), ensure_ascii=False))
    assert len(kept["texts"]) == len(now["texts"]), STALE
    for old, new in zip(kept["texts"], now["texts"], strict=True):
        assert new.pop("scores") == pytest.approx(old.pop("scores"), abs=1e-8), STALE
        assert old == new, STALE
    changed = [name for name, one in now["files"].items() if kept["files"].get(name) != one]
    assert changed == [], STALE


@pytest.mark.slow
def test_the_scripts_do_what_python_does(page_modules, model, top):
    (page_modules / "data.json").write_text(json.dumps(page_data(model)), "utf8")
    done = subprocess.run(
        [node(), "--test", "--test-reporter=dot", str(top / "tests/web/page/parity.test.js")],
        env={**os.environ, "PAGE_MODULES": str(page_modules)},
        capture_output=True,
        encoding="utf8",
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
