from base64 import b64encode

import pytest

from cchc_ml.web.access import Access, client_of, is_loopback
from cchc_ml.web.problems import RefusalError

LOCAL = {"host": "127.0.0.1:8000"}


def code(access, method="POST", path="/v1/tag", **headers):
    """Return the code of the refusal, or None."""
    try:
        access.check(method, path, {name.replace("_", "-"): value for name, value in headers.items()})
    except RefusalError as error:
        return error.code


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("LOCALHOST", True),
        ("[::1]:8000", True),
        ("127.8.9.1", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("foo@localhost", False),
        ("127.0.0.1#evil.example", False),
        ("localhost.", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_only_this_machine_is_answered(host, is_local):
    assert code(Access(), host=host) == (None if is_local else "wrong_host")
    assert code(Access(local=False), host=host) is None


@pytest.mark.parametrize("local", [True, False])
def test_hosts_that_are_allowed_are_answered_and_no_others(local):
    access = Access(local=local, allowed_hosts=("cchc.example",))
    for host in ("cchc.example", "CCHC.example:443", "127.0.0.1:8000"):
        assert code(access, host=host) is None
    assert code(access, host="evil.example") == "wrong_host"


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({}, True),
        ({"origin": "http://127.0.0.1:8000"}, True),
        ({"origin": "http://127.0.0.1:8000", "sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"origin": "http://127.0.0.1:8001"}, False),
        ({"origin": "http://localhost:8000"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"origin": "http://[::1"}, False),
        ({"sec_fetch_site": "cross-site"}, False),
        ({"sec_fetch_site": "same-site"}, False),
    ],
    ids=range(12),
)
def test_what_a_page_of_another_site_sends_is_refused(headers, is_ours):
    assert code(Access(), **LOCAL, **headers) == (None if is_ours else "foreign_origin")
    assert code(Access(), method="GET", **LOCAL, **headers) is None


def test_behind_a_proxy_that_ends_tls_the_origin_is_that_of_the_host():
    access = Access(allowed_hosts=("CCHC.example",))
    assert code(access, host="cchc.example", origin="https://cchc.example") is None
    assert code(access, host="127.0.0.1:8000", origin="https://cchc.example") is None  # the proxy gives its own Host
    assert code(access, host="cchc.example", origin="https://evil.example") == "foreign_origin"


@pytest.mark.parametrize(
    ("authorization", "is_right"),
    [
        ("Bearer s3cret", True),
        ("bearer  s3cret ", True),
        ("Basic " + b64encode(b"anybody:s3cret").decode(), True),
        ("Bearer s3cre", False),
        ("Bearer s3cret2", False),
        ("Basic " + b64encode(b"s3cret:").decode(), False),
        ("Basic s3cret", False),
        ("Digest s3cret", False),
        ("s3cret", False),
        ("Bearer \udcff", False),
        ("", False),
    ],
    ids=range(11),
)
def test_the_token(authorization, is_right):
    access = Access(token="s3cret")
    assert code(access, **LOCAL, authorization=authorization) == (None if is_right else "unauthorized")
    for path in ("/livez", "/readyz", "/healthz"):
        assert code(access, "GET", path, **LOCAL, authorization=authorization) is None
    for path in ("/", "/docs", "/metrics", "/openapi.json", "/healthz/", "/HEALTHZ"):
        assert code(access, "GET", path, **LOCAL) == "unauthorized"


def test_a_browser_asks_for_the_token():
    with pytest.raises(RefusalError) as refused:
        Access(token="s3cret").check("GET", "/", LOCAL)
    assert "Basic" in refused.value.headers["WWW-Authenticate"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_addresses(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "cchc.example", "", "localhost.example"])
def test_other_addresses(host):
    assert not is_loopback(host)


def test_a_client_is_an_address_or_a_network_of_ipv6():
    assert client_of("2001:db8:1:2:3::4") == client_of("2001:db8:1:2::9") != client_of("2001:db8:1:3::4")
    assert client_of("10.0.0.1") != client_of("10.0.0.2")
    assert client_of("") == ""
