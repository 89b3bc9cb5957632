"""Measure speed and memory, and write `bench/README.md`.

Usage, about 15 minutes: ``python bench/run.py TRAIN.jsonl VALIDATION.jsonl``
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

# One thread each, whatever library it comes from; before any of them is loaded.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1")

from systems import SYSTEMS

HERE = Path(__file__).parent
LAUNCHER = """
import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
ROWS, ROUNDS = 2000, 5
TRAINING = (500, 1000, 2000, 4000, 8000)
PREDICTION = (1_000, 10_000, 100_000, 1_000_000)
TWO_CORES = 200_000
FILE_ROWS = 500_000
CLASSIC, OURS, BOUND = "underthesea words, TF-IDF, LinearSVC", "cchc_ml", "NFC, lower case, Aho-Corasick"


def peak() -> float:
    """Return the peak memory of this process in MB; `ru_maxrss` would include the memory of its parent."""
    status = Path("/proc/self/status").read_text("utf8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def learn(name: str, texts: list[str], y: Any, path: Path) -> None:
    """Let a system learn, in a process of its own."""
    SYSTEMS[name][0](texts, y, path)  # type: ignore[misc]


def serve(name: str, path: Path, texts: list[str], pipe: Connection) -> None:
    """Load a system, and tag `texts` whenever asked; answer with seconds, memory, labels."""
    predict = SYSTEMS[name][1](path)
    predict(texts[:10])
    while pipe.recv():
        start = time.perf_counter()
        found = predict(texts)
        pipe.send((time.perf_counter() - start, peak(), found))


def compare(train: Any, validation: Any) -> list[dict[str, Any]]:
    """Measure every system on the same rows, in turns, so that other work on the machine slows all of them alike."""
    from cchc_ml.files import data_path
    from cchc_ml.learning.corpus import read_corpus
    from cchc_ml.learning.metrics import metrics

    own = read_corpus(data_path("data/articles.jsonl")).training()
    texts, y = train.texts + own.texts, [*train.y, *own.y]
    test = validation.texts + train.texts[: ROWS - len(validation)]
    context = get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        pipes = {}
        for number, (name, (learns, _)) in enumerate(SYSTEMS.items()):
            path = Path(folder) / str(number)
            if learns:
                child = context.Process(target=learn, args=(name, texts, y, path))
                child.start()
                child.join()
            pipes[name], theirs = context.Pipe()
            context.Process(target=serve, args=(name, path, test, theirs), daemon=True).start()
        seconds: dict[str, list[float]] = {name: [] for name in SYSTEMS}
        last: dict[str, Any] = {}
        for _ in range(ROUNDS):
            for name, pipe in pipes.items():
                pipe.send(True)
                taken, *last[name] = pipe.recv()
                seconds[name].append(taken)
        for pipe in pipes.values():
            pipe.send(False)
    rows = []
    for name in SYSTEMS:
        memory, found = last[name]
        f1 = (
            None
            if found is None
            else metrics(validation.y, found[: len(validation)], found[: len(validation)])["macro"]["f1"]
        )
        ratio = statistics.median(a / b for a, b in zip(seconds[CLASSIC], seconds[name], strict=True))
        rows.append(
            {
                "name": name,
                "speed": len(test) / statistics.median(seconds[name]),
                "ratio": ratio,
                "memory": memory,
                "f1": f1,
            }
        )
    return rows


def fit(n: int, texts: list[str], y: Any, groups: list[str], pipe: Connection) -> None:
    """Train on n rows, the lexicon too, with one process; answer with seconds and memory."""
    from cchc_ml import PillarClassifier

    start = time.perf_counter()
    PillarClassifier(n_jobs=1).fit(texts[:n], y[:n], groups=groups[:n])
    pipe.send((time.perf_counter() - start, peak()))


def training(train: Any, own: Any) -> list[tuple[int, float, float]]:
    """Measure training on more and more rows."""
    import numpy as np

    order = np.random.default_rng(0).permutation(len(train) + len(own))
    texts = [(train.texts + own.texts)[i] for i in order]
    y = np.concatenate([train.y, own.y])[order]
    groups = [str(np.concatenate([train.documents, own.documents])[i]) for i in order]
    context = get_context("spawn")
    rows = []
    for n in TRAINING:
        ours, theirs = context.Pipe()
        child = context.Process(target=fit, args=(n, texts, y, groups, theirs))
        child.start()
        rows.append((n, *ours.recv()))
        child.join()
    return rows


def command(*arguments: str) -> tuple[float, float]:
    """Run a command; return its seconds and its peak memory in MB, without the memory of this process."""
    launched = subprocess.run(
        [sys.executable, "-S", "-c", LAUNCHER, *arguments], capture_output=True, text=True, check=True
    )
    seconds, kilobytes = map(float, launched.stdout.split())
    return seconds, kilobytes / 1024


@contextmanager
def rows_file(texts: list[str], n: int) -> Iterator[Path]:
    """Give a JSON Lines file of n paragraphs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        with open(path, "w", encoding="utf8") as file:
            file.writelines(
                json.dumps({"id": i, "text": texts[i % len(texts)]}, ensure_ascii=False) + "\n" for i in range(n)
            )
        yield path


def prediction(texts: list[str]) -> list[tuple[int, float, float]]:
    """Measure ``cchc-ml predict`` on more and more paragraphs, from a file into a file."""
    rows = []
    for n in PREDICTION:
        with rows_file(texts, n) as path:
            rows.append((n, *command("cchc-ml", "predict", str(path), "-o", str(path.with_name("out.jsonl")))))
    return rows


def tag(n_jobs: int, texts: list[str], pipe: Connection) -> None:
    """Tag texts with a loaded classifier, twice; answer with seconds. The first time its processes have to start."""
    import cchc_ml

    classifier = cchc_ml.load().set_params(n_jobs=n_jobs)
    for _ in range(2):
        start = time.perf_counter()
        classifier.predict(texts)
        pipe.send(time.perf_counter() - start)


def two_cores(texts: list[str]) -> dict[str, list[float]]:
    """Measure one process of the classifier against two, in turns."""
    context = get_context("spawn")
    many = [texts[i % len(texts)] for i in range(TWO_CORES)]
    seconds: dict[str, list[float]] = {}
    for _ in range(3):
        for n in (1, 2):
            ours, theirs = context.Pipe()
            child = context.Process(target=tag, args=(n, many, theirs))
            child.start()
            seconds.setdefault(f"predict(), first call {n}", []).append(ours.recv())
            seconds.setdefault(f"predict(), later calls {n}", []).append(ours.recv())
            child.join()
    return seconds


def files(texts: list[str]) -> list[tuple[str, float, float, float]]:
    """Measure ``cchc-ml predict`` from a file into one of the same kind: seconds of one process and of two, and MB."""
    from pyarrow import csv, json, parquet

    rows = []
    with rows_file(texts, FILE_ROWS) as path:
        table = json.read_json(path)
        csv.write_csv(table, path.with_suffix(".csv"))
        parquet.write_table(table, path.with_suffix(".parquet"))
        del table
        for kind in (".jsonl", ".csv", ".parquet"):
            source, target = str(path.with_suffix(kind)), str(path.with_name(f"out{kind}"))
            (one, _), (two, memory) = (
                command("cchc-ml", "predict", source, "-o", target, "--force", "--jobs", str(n)) for n in (1, 2)
            )
            rows.append((kind, one, two, memory))
    return rows


def start() -> dict[str, float]:
    """Measure starting, the best of five."""
    sample = str(HERE.parent / "data/samples/mot-cua-xa.txt")
    commands = {
        "python -c 'import underthesea, sklearn'": (sys.executable, "-c", "import underthesea, sklearn"),
        "cchc-ml --help": ("cchc-ml", "--help"),
        "cchc-ml predict article.txt": ("cchc-ml", "predict", sample),
    }
    return {name: min(command(*arguments)[0] for _ in range(5)) for name, arguments in commands.items()}


def plot(trained: list[tuple[int, float, float]], predicted: list[tuple[int, float, float]]) -> None:
    """Draw time and memory against rows."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "cchc_ml"
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(9, 6), layout="constrained")
    for column, (title, rows) in zip(
        axes.T, (("training", trained), ("prediction (cchc-ml predict)", predicted)), strict=True
    ):
        for axis, values, label in zip(column, (1, 2), ("seconds", "peak memory, MB"), strict=True):
            axis.plot([row[0] for row in rows], [row[values] for row in rows], "o-", color="#0072B2")
            axis.set(xscale="log", xlabel="paragraphs", ylabel=label, title=title if values == 1 else "")
            axis.set_xticks([row[0] for row in rows], [f"{row[0]:,}" for row in rows], fontsize="small")
            axis.minorticks_off()
            if values == 1:
                axis.set_yscale("log")
                axis.yaxis.set_major_formatter("{x:g}")
                axis.yaxis.set_minor_formatter("{x:g}")
            else:
                axis.set_ylim(0, 1.15 * max(row[2] for row in rows))
            axis.grid(alpha=0.3)
    figure.savefig(HERE / "growth.svg", metadata={"Date": None})


def table(head: list[str], rows: list[list[str]]) -> str:
    """Write a table in Markdown."""
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]) + "\n"


def main(train_path: str, validation_path: str) -> None:
    """Measure everything and write the page."""
    from cchc_ml.files import data_path
    from cchc_ml.learning.corpus import read_corpus

    train, validation = read_corpus(train_path), read_corpus(validation_path)
    own = read_corpus(data_path("data/articles.jsonl")).training()

    def say(text: str) -> None:
        print(text, file=sys.stderr)

    say("starting …")
    started = start()
    say("comparing …")
    compared = compare(train, validation)
    say("two cores …")
    cores = two_cores(train.texts)
    say("files …")
    kinds = files(train.texts)
    say("training …")
    trained = training(train, own)
    say("prediction …")
    predicted = prediction(train.texts)
    plot(trained, predicted)

    of = {row["name"]: row for row in compared}
    slower = of[BOUND]["speed"] / of[OURS]["speed"]
    mean = statistics.mean(map(len, train.texts))
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("numpy", "scipy", "scikit-learn", "underthesea", "fasttext-numpy2-wheel")
    )
    machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    speeds = [
        [
            r["name"],
            f"{r['speed']:,.0f}",
            f"{r['ratio']:.1f}",
            f"{r['memory']:.0f}",
            "" if r["f1"] is None else f"{r['f1']:.3f}",
        ]
        for r in compared
    ]
    pairs = [
        (name, *(statistics.median(cores[f"{name} {n}"]) for n in (1, 2)))
        for name in ("predict(), first call", "predict(), later calls")
    ]
    twice = [[name, f"{a:.1f}", f"{b:.1f}", f"{a / b:.2f}"] for name, a, b in pairs]
    in_memory = FILE_ROWS / of[f"{OURS}, with evidence"]["speed"]
    written = [
        [f"`{k}`", f"{a:.1f}", f"{FILE_ROWS / a:,.0f}", f"{in_memory / a:.2f}", f"{b:.1f}", f"{a / b:.2f}", f"{m:.0f}"]
        for k, a, b, m in kinds
    ]
    tagged = [[f"{n:,}", f"{s:.1f}", f"{n / s:,.0f}", f"{m:.0f}"] for n, s, m in predicted]
    page = f"""# Speed, memory, growth

Written by `make bench`. All numbers of a table are from one run. {machine}, {libraries}.

## One core, one thread

Every system gets raw strings and gives tags, on the same {ROWS:,} paragraphs of real news ({mean:.0f} characters
on average). The systems take turns; a number is the median of {ROUNDS} rounds. Most of these rows are from the
training set; macro-F1 is measured on the {len(validation)} that are not. cchc_ml is the shipped model:
it learned from more rows than the others, and its thresholds are tuned for F1. The others were trained on
{len(train) + len(own):,} rows with text: the linear ones with scikit-learn's default settings and 1-2-grams; fastText
with 2-grams, 25 epochs, a rate of 0.5 and 50 dimensions, after this package's normalisation, which is included in
its time. The [model card](../models/README.md) compares methods on the same rows, with tuned thresholds. Peak
memory is that of the process that tags, with its libraries.

{table(["", "paragraphs a second", "times the words pipeline", "peak memory, MB", "macro-F1 on validation"], speeds)}
The last line is what finding the terms with an automaton costs by itself: it checks that a text is NFC, puts it in
lower case, runs an Aho-Corasick automaton (`ahocorasick-rs`) with the shipped terms once, and does nothing with the
result. The whole classifier takes {slower:.2f} times as long. It does not have an automaton: it cuts a batch of texts
into syllables and finds the terms in a trie with array operations (`cchc_ml/text/matcher.py`). underthesea's
TextClassifier neither segments nor normalises, and gives one label a text.

## Two cores

{TWO_CORES:,} paragraphs (the same rows over and over), in turns, median of 3. The first call starts the processes.

{table(["", "one process, s", "two, s", "times"], twice)}
## Files

`cchc-ml predict`, with evidence, from a file of {FILE_ROWS:,} paragraphs into a file of the same kind, starting
included. The share is that of the rate of the classifier with evidence on texts in memory, from the first table.
Peak memory is that of the larger of two processes.

{table(["", "one process, s", "rows a second", "share", "two, s", "times", "peak memory, MB"], written)}
## Start

{table(["", "seconds, best of 5"], [[f"`{name}`", f"{seconds:.2f}"] for name, seconds in started.items()])}
## Growth

Training is the whole of it, in one process: lexicon (with underthesea's segmentation), five folds, model.
Prediction is `cchc-ml predict` from one JSON Lines file to another, with evidence.

{table(["training rows", "seconds", "peak memory, MB"], [[f"{n:,}", f"{s:.1f}", f"{m:.0f}"] for n, s, m in trained])}
{table(["paragraphs tagged", "seconds", "a second", "peak memory, MB"], tagged)}
![time and memory against rows](growth.svg)
"""
    (HERE / "README.md").write_text(page, "utf8")


if __name__ == "__main__":
    main(*sys.argv[1:])
