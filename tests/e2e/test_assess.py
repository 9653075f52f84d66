"""`assay assess`: inventories of every kind, formats, filters, exit statuses."""
import json

import tap

INVENTORIES = tap.FIXTURES / "inventories"
IMPORTS = tap.FIXTURES / "imports"


def test_every_inventory_in_every_format():
    for path in sorted(INVENTORIES.glob("*.json")):
        for form, part in (("table", "Risks: "), ("json", '"assay-assessment"'),
                           ("csv", "server,cve,level"), ("html", "<!DOCTYPE html>")):
            result = tap.assay("assess", path, "--format", form, status=None)
            assert result.status == 3, (path, result)
            tap.contains(result.out, part)


def test_inventories_follow_the_schema():
    try:
        import jsonschema
    except ImportError:
        tap.skip("no python3-jsonschema")
    schema = json.loads((tap.ROOT / "docs/formats/assessment.schema.json").read_text())
    for path in sorted(INVENTORIES.glob("*.json")):
        document = tap.assay("assess", path, "-f", "json", status=3).json()
        jsonschema.Draft202012Validator(schema).validate(document)
        risks = dict(document["risks"])
        tap.equal(risks.pop("total"), sum(risks.values()), path)


def test_standard_input_and_cyclonedx():
    path = INVENTORIES / "debian-12.json"
    result = tap.assay("assess", "-", stdin=path.read_bytes(), status=3)
    tap.contains(result.out, "Debian GNU/Linux 12")
    for path in sorted(IMPORTS.glob("*cdx*.json")) + sorted(IMPORTS.glob("cyclonedx*.json")):
        result = tap.assay("assess", path, status=None)
        assert result.status in (3, 4), result


def test_same_bytes_for_the_same_day():
    path = INVENTORIES / "debian-12.json"
    one = tap.assay("assess", path, "-f", "json", "--as-of", "2026-11-22", status=3).out
    two = tap.assay("assess", path, "-f", "json", "--as-of", "2026-11-22", status=3).out
    tap.equal(one, two)
    tap.equal(json.loads(one)["as_of"], "2026-11-22")


def test_output_decides_the_format(folder):
    path = INVENTORIES / "debian-12.json"
    tap.assay("assess", path, "-o", folder / "a.html", status=3)
    tap.contains((folder / "a.html").read_text(), "<!DOCTYPE html>")
    tap.assay("assess", path, "-o", folder / "a.json", "--format", "csv", status=3)
    tap.contains((folder / "a.json").read_text(), "server,cve")
    tap.assay("assess", path, "-o", folder / "a.txt", status=3)
    tap.contains((folder / "a.txt").read_text(), "Risks: ")
    tap.assay("assess", path, "-o", folder / "no/such/folder.html", status=4)


def test_table_is_as_wide_as_columns_says():
    path = INVENTORIES / "debian-12.json"
    for columns, most in [("40", 40), ("79", 79), ("0", 120), ("wide", 120)]:
        lines = tap.assay("assess", path, env={"COLUMNS": columns}, status=3).out.splitlines()
        widest = max(len(line) for line in lines)
        assert most - 20 < widest <= most, (columns, widest)


def test_wrong_usage_is_one_line():
    path = INVENTORIES / "debian-12.json"
    for words, text in [
        (["--format", "jsom"], "--format jsom: not a format; one of table, json, csv, html"),
        (["--fail-on", "bad"], "--fail-on bad: not a level; one of critical, high, medium, low, unknown"),
        (["--min-level", ""], "--min-level: needs a value, LEVEL"),
        (["--as-of", "tomorrow"], "--as-of tomorrow: not a date"),
        (["--frob"], "--frob: not an option of `assay assess`"),
    ]:
        result = tap.assay("assess", path, *words, status=2)
        tap.contains(result.err, text)
        tap.equal(result.err.count("\n"), 1, words)
        tap.equal(result.out, "", words)
    tap.assay("assess", status=2)


def test_bad_inventories(folder):
    for name, content in [("empty", b""), ("text", b"hello"), ("array", b"[]"), ("cut", b'{"format":'),
                          ("binary", bytes(range(256))), ("deep", b"[" * 100000)]:
        (folder / name).write_bytes(content)
        result = tap.assay("assess", folder / name, status=4)
        tap.contains(result.err, name)
        tap.equal(result.err.count("\n"), 1, name)
    tap.assay("assess", folder, status=4)
    tap.contains(tap.assay("assess", "../etc/passwd.x", status=4).err, "no such file")


def test_knowledge_that_cannot_be_used(folder):
    path = INVENTORIES / "debian-12.json"
    result = tap.assay("assess", path, "--knowledge", folder / "none", status=4)
    tap.contains(result.err, "none")
    (folder / "bad").write_bytes(b"not a knowledge file" * 100)
    tap.assay("assess", path, "--knowledge", folder / "bad", status=4)
    # The one in the state folder was not asked for by name: what needs none is still answered.
    (folder / "state").mkdir()
    (folder / "state/knowledge.assay").write_bytes(b"not a knowledge file" * 100)
    result = tap.assay("assess", path, status=3)
    tap.contains(result.err, "knowledge was not used")
    tap.contains(result.out, "Risks: ")


def test_exit_statuses_with_knowledge(folder):
    knowledge, server = folder / "knowledge.assay", folder / "server.json"
    tap.assay("kb", "build", "--from", tap.FIXTURES / "feeds", "--out", knowledge)
    text = (INVENTORIES / "debian-12.json").read_text()
    server.write_text(text.replace("3.0.15-1~deb12u1", "3.0.11-1~deb12u1"))
    words = ["assess", server, "--knowledge", knowledge, "--as-of", "2024-06-01"]
    document = tap.assay(*words, "--format", "json").json()
    found = [finding for finding in document["findings"] if finding["cve"] == "CVE-2024-90001"]
    tap.equal(len(found), 1)
    tap.equal(found[0]["fixed_in"], "3.0.13-1~deb12u1")
    assert found[0]["confirmed"] and found[0]["fixed_by_update"]
    tap.contains(tap.assay(*words).out, "CVE-2024-90001")
    tap.contains(tap.assay(*words).out, "not endorsed or certified by the NVD")
    tap.assay(*words, "--fail-on", "unknown", status=1)
    document = tap.assay(*words, "--fail-on", "unknown", "-f", "json", status=1).json()
    tap.equal(document["exit"], {"status": 1, "all": [1], "reason": None})
    levels = ["unknown", "low", "medium", "high", "critical"]
    counts = document["counts"]["confirmed"]
    worst = max(at for at, level in enumerate(levels) if counts[level])
    if worst + 1 < len(levels):
        tap.assay(*words, "--fail-on", levels[worst + 1], status=0)
    # Done in part outweighs --fail-on, failure outweighs both.
    part = text.replace("3.0.15-1~deb12u1", "3.0.11-1~deb12u1")
    document = json.loads(part)
    document["sections"].append({"name": "packages.snap", "state": "failed", "reason": "no answer"})
    server.write_text(json.dumps(document))
    result = tap.assay(*words, "--fail-on", "unknown", status=3)
    tap.contains(result.err, "done in part: packages.snap: no answer")
    tap.assay(*words, "--fail-on", "unknown", "-o", folder / "no/folder", status=4)


def test_filters_narrow_lists_not_counts(folder):
    knowledge, server = folder / "knowledge.assay", folder / "server.json"
    tap.assay("kb", "build", "--from", tap.FIXTURES / "feeds", "--out", knowledge)
    text = (INVENTORIES / "debian-12.json").read_text()
    server.write_text(text.replace("3.0.15-1~deb12u1", "3.0.11-1~deb12u1"))
    words = ["assess", server, "--knowledge", knowledge, "--as-of", "2024-06-01", "-f", "json"]
    whole, kev = tap.assay(*words).json(), tap.assay(*words, "--kev").json()
    tap.equal(whole["counts"], kev["counts"])
    assert all(finding["known_exploited"] for finding in kev["findings"])
    high = tap.assay(*words, "--min-level", "high").json()
    assert all(finding["level"] in ("high", "critical") for finding in high["findings"])


def test_hostile_names_are_text(folder):
    document = json.loads((INVENTORIES / "debian-12.json").read_text())
    bad = "<img src=x onerror=alert(1)>\u001b[2J\u202e=1+1"
    text = json.dumps(document).replace("openssl", json.dumps(bad)[1:-1])
    (folder / "bad.json").write_text(text)
    page = tap.assay("assess", folder / "bad.json", "-f", "html", status=None).out
    assert "<img" not in page and "\u001b" not in page and "\u202e" not in page
    table = tap.assay("assess", folder / "bad.json", "--all", status=None).out
    assert "\u001b" not in table and "\u202e" not in table


if __name__ == "__main__":
    tap.main(globals())
