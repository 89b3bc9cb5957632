def test_lexicon_writes_one_term_per_line(cli, tmp_path, labelled):
    out = tmp_path / "lexicon.txt"
    result = cli("lexicon", labelled, "-o", out, "--max-terms", "50", "--jobs", "1")
    assert result.exit_code == 0, result.stderr
    terms = out.read_text("utf8").splitlines()
    assert result.stderr == f"{len(terms)} terms from 240 paragraphs\n"
    assert "một cửa" in terms
    again = cli("lexicon", labelled, "-o", out)
    assert (again.exit_code, again.stderr) == (2, f"cchc-ml: {out} exists; give --force to overwrite it\n")
