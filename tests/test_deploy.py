"""The files in docs/deploy, and what docs/deploy.md says, are true: nothing is built."""

import json
import re
import shlex

import pytest
import typer
from needs import needs

from cchc_ml.cli.commands import app

SERVE = typer.main.get_command(app).commands["serve"]


@pytest.fixture
def read(top):
    return lambda name: (top / "docs" / name).read_text("utf8")


def parse(words):
    return SERVE.make_context("serve", list(words)).params


def test_the_unit(read):
    unit = read("deploy/cchc-ml.service")
    (command,) = re.findall(r"^ExecStart=(.+)$", unit, re.M)
    program, name, *words = shlex.split(command)
    assert (program.rsplit("/")[-1], name) == ("cchc-ml", "serve")
    options = parse(words)
    assert options["host"] == "127.0.0.1"
    assert options["proxy_headers"]
    settings = dict(re.findall(r"^(\w+)=(.*)$", unit, re.M))
    assert int(settings["TimeoutStopSec"]) > options["grace_seconds"]
    assert settings["KillMode"] == "mixed"  # workers finish what they do
    for hardening in (
        "NoNewPrivileges",
        "PrivateTmp",
        "PrivateDevices",
        "DynamicUser",
        "ProtectHome",
        "LockPersonality",
    ):
        assert settings[hardening] == "yes"
    assert settings["ProtectSystem"] == "strict"
    assert settings["CapabilityBoundingSet"] == ""
    assert int(settings["LimitNOFILE"]) > 2 * options["max_connections"]


def test_the_image(read, top):
    dockerfile = read("deploy/Dockerfile")
    stages = dockerfile.split("FROM ")[1:]
    assert all(stage.startswith("python:3.11-slim") for stage in stages)
    last = stages[-1]
    assert "pip uninstall" in last
    assert "apt-get" not in dockerfile
    user = re.search(r"^USER (\d+):(\d+)$", last, re.M)
    assert int(user[1]) > 0 < int(user[2])
    _, _, *words = json.loads(re.search(r"^ENTRYPOINT (.+)$", last, re.M)[1])
    options = parse([*words, "--token", "t"])
    assert re.search(rf"^EXPOSE {options['port']}$", last, re.M)
    (path,) = re.findall(rf"http://127\.0\.0\.1:{options['port']}(/\w+)", last)
    assert path in needs("cchc_ml.web.access").OPEN_PATHS
    extras = re.search(r'"\.\[([\w,]+)\]"', dockerfile)[1].split(",")
    assert set(extras) <= set(re.findall(r"^(\w+) = \[", (top / "pyproject.toml").read_text("utf8"), re.M))
    kept = re.findall(r"^!(\S+)$", read("deploy/Dockerfile.dockerignore"), re.M)
    assert all((top / name).exists() for name in kept)
    assert {"cchc_ml", "data", "models", "pyproject.toml", "constraints.txt", "README.md", "LICENSE"} == set(kept)


def test_the_proxy(read):
    proxy, options = read("deploy/nginx.conf"), parse([])
    assert int(re.search(r"client_max_body_size (\d+);", proxy)[1]) == options["max_body_bytes"]
    assert int(re.search(r"proxy_read_timeout (\d+)s;", proxy)[1]) > 2 * options["seconds"]
    assert int(re.search(r"keepalive_timeout (\d+)s;", proxy)[1]) < options["idle_seconds"]
    (path,) = re.findall(r"location (/\w+)/ ", proxy)
    (host,) = re.findall(r"server_name (\S+);", proxy)
    unit = read("deploy/cchc-ml.service")
    assert f"--root-path {path} " in unit
    assert f"--allowed-host {host} " in unit
    assert "X-Forwarded-For $remote_addr;" in proxy


def test_the_options_of_the_document_exist(read):
    text = read("deploy.md")
    known = {option for parameter in SERVE.params for option in parameter.opts}
    docker = {
        "--read-only",
        "--tmpfs",
        "--cap-drop",
        "--security-opt",
        "--memory",
        "--pids-limit",
        "--env-file",
        "--publish",
    }
    others = docker | {"--now"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) - others <= known
    (words,) = re.findall(r"--publish \S+ cchc-ml (.+)$", text, re.M)
    assert parse(shlex.split(words))["workers"] == 2


def test_the_tables_of_the_document(read):
    text = read("deploy.md")
    limits = {p.opts[0]: p.default for p in SERVE.params if p.rich_help_panel == "Limits"}
    table = re.findall(r"^\| `(--[a-z-]+)` \| ([\d.]+) \|", text, re.M)
    assert {name: float(value) for name, value in table} == limits
    problems = needs("cchc_ml.web.problems").PROBLEMS
    codes = re.findall(r"^\| `([a-z_]+)` \| (\d+) \| (.+) \|$", text, re.M)
    assert {code: (int(status), title) for code, status, title in codes} == problems


def test_what_the_document_says_of_metrics_is_counted(read):
    metrics = needs("cchc_ml.web.service").create_app(needs("cchc_ml").load().model_).state.metrics
    metrics.count("/", "GET", 200, 0.1)
    metrics.count_refusal("busy")
    counted = metrics.text().decode()
    named = set(re.findall(r"`(cchc_\w+)`", read("deploy.md")))
    assert named
    assert {name for name in named if f"\n{name}" not in counted} == set()
