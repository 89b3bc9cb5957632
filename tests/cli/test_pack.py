import gzip


def test_pack_and_check(cli, tmp_path, labelled):
    out = tmp_path / "counts.jsonl.gz"
    assert cli("pack", labelled, "-o", out).exit_code == 0
    assert cli("pack", labelled, "--check", out).stdout == f"{out} holds the counts of this text\n"
    text = gzip.decompress(out.read_bytes()).decode()
    out.write_bytes(gzip.compress(text.replace('"labels":[]', '"labels":["tthc"]', 1).encode()))
    result = cli("pack", labelled, "--check", out)
    assert result.exit_code == 2
    assert "differs from this text, first in row 1 ('A1-01-1'): labels" in result.stderr
    assert "give either -o" in cli("pack", labelled).stderr
