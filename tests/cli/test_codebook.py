def test_codebook_is_readable(cli):
    result = cli("codebook")
    assert result.exit_code == 0
    assert "Cải cách thể chế" in result.stdout
    assert "✗" in result.stdout
