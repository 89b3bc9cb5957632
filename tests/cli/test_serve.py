import re
import socket

from needs import needs


def test_serve_says_where_it_cannot_listen(cli):
    needs("fastapi")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = cli("serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 2
    assert re.fullmatch(
        r"cchc-ml: cannot listen on 127\.0\.0\.1, port \d+: .*; give another --host or --port\n", result.stderr
    )
