def test_app_writes_one_page(cli, tmp_path):
    out = tmp_path / "cchc.html"
    result = cli("app", "-o", str(out))
    assert result.exit_code == 0
    assert out.read_text("utf8").startswith("<!DOCTYPE html>")
    assert out.stat().st_size < 4_000_000
    assert cli("app", "-o", str(out)).stderr == f"cchc-ml: {out} exists; give --force to overwrite it\n"
