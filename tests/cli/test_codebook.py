def test_codebook_is_readable(cli):
    result = cli("codebook")
    assert result.exit_code == 0
    assert "Institutional reform  institutional · Cải cách thể chế" in result.stdout
    assert "✗" in result.stdout
    assert "(a person's title (rule 1))" in result.stdout


def test_the_codebook_in_vietnamese(cli):
    shown = cli("codebook", "--lang", "vi").stdout
    assert "Cải cách thể chế  institutional · Institutional reform" in shown
    assert "(chức danh của một người (quy tắc 1))" in shown
    assert "rule" not in shown
