import re
import socket

import pytest
import typer
from needs import needs

from cchc_ml.cli.commands import app

LIMITS = {
    "body_bytes": "max_body_bytes",
    "texts": "max_texts",
    "text_chars": "max_text_chars",
    "paragraphs": "max_paragraphs",
    "answer_bytes": "max_answer_bytes",
    "chunks": "max_chunks",
    "head_bytes": "max_head_bytes",
    "concurrent": "max_requests",
    "concurrent_per_client": "max_requests_per_client",
    "held_bytes": "max_held_bytes",
    "connections": "max_connections",
}


def test_serve_says_where_it_cannot_listen(cli):
    needs("fastapi")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = cli("serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 2
    assert re.fullmatch(
        r"cchc-ml: cannot listen on 127\.0\.0\.1, port \d+: .*; give another --host or --port\n", result.stderr
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--host", "0.0.0.0"), r"other machines can reach 0\.0\.0\.0: give a token in the variable CCHC_ML_TOKEN"),
        (("--token", "a", "--no-token"), "--token and --no-token contradict each other"),
        (("--host", "::", "--token", ""), "the token must be printable ASCII characters"),
        (("--token", "tối mật"), "the token must be printable ASCII characters"),
        (("--token", " a"), "the token must be printable ASCII characters"),
        (("--root-path", "cchc"), "--root-path must begin with a slash, as /cchc, got cchc"),
        (("--root-path", "/"), "--root-path must begin with a slash, as /cchc, got /"),
        (("--port", "99999"), "'--port'"),
        (("--workers", "0"), "'--workers'"),
        (("--seconds", "0"), "'--seconds'"),
    ],
    ids=range(10),
)
def test_options_that_are_rejected(cli, options, message):
    needs("fastapi")
    result = cli("serve", *options)
    assert result.exit_code == 2
    assert re.fullmatch(rf"cchc-ml: .*{message}.*\n", result.stderr)


def test_the_options_of_limits_have_the_defaults_of_the_service():
    limits = needs("cchc_ml.web.limits").Limits()
    options = {p.name: p.default for p in typer.main.get_command(app).commands["serve"].params}
    assert {name: options[LIMITS.get(name, name)] for name in vars(limits)} == vars(limits)
