"""`assay scan`: this machine, with and without knowledge."""
import csv
import json

import tap


def scan(*words, status=(0, 3), **more):
    result = tap.assay("scan", *words, status=None, **more)
    if result.status not in status:
        raise AssertionError(repr(result))
    return result


def test_table_without_knowledge():
    result = scan(status=(3,))
    for part in ("Knowledge", "none yet", "Inventory", "Updates", "Protection", "Risks: "):
        tap.contains(result.out, part)
    tap.contains(result.err, "there is no knowledge")
    tap.contains(result.err, "assay kb build")
    assert "\033" not in result.out + result.err, "colour without a terminal"
    assert max(map(len, result.out.splitlines())) <= 120


def test_scan_is_kept_and_found():
    name = scan("--format", "json").json()["inventory"]["name"]
    for word in ("last", name):
        tap.contains(tap.assay("assess", word, status=3).out, "Inventory")
    other = tap.assay("assess", "nowhere", status=4)
    tap.contains(other.err, "nowhere: no such file, and no kept scan of that name")
    tap.contains(other.err, "last")


def test_no_keep_keeps_nothing():
    scan("--no-keep")
    tap.contains(tap.assay("assess", "last", status=4).err, "no scan is kept")


def test_json_follows_the_schema():
    document = scan("--format", "json").json()
    tap.equal(document["format"], "assay-assessment")
    tap.equal(document["exit"]["status"], 3)
    assert document["exit"]["reason"]
    tap.equal(document["knowledge"], None)
    assert document["counts"]["software"] > 50, "this machine has packages"
    try:
        import jsonschema
    except ImportError:
        return
    schema = json.loads((tap.ROOT / "docs/formats/assessment.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)


def test_what_updates_fix_is_not_known_without_knowledge():
    inventory = tap.ROOT / "tests/fixtures/inventories/debian-12.json"
    document = tap.assay("assess", inventory, "--format", "json", status=3).json()
    tap.equal({update["fixes"] for update in document["updates"]["items"]}, {None})
    table = tap.assay("assess", inventory, status=3).out
    assert [line for line in table.splitlines() if " security      -  " in line], table


def test_report_and_output(folder):
    result = scan("--report", folder / "report.html", "--quiet")
    tap.contains(result.out, str(folder / "report.html"))
    tap.contains((folder / "report.html").read_text(), "<!DOCTYPE html>")
    scan("--output", folder / "out.csv", "--quiet")
    rows = list(csv.reader((folder / "out.csv").read_text().splitlines()))
    tap.equal(rows[0][:3], ["server", "cve", "level"])


def test_quiet_says_only_what_went_wrong():
    result = scan("--quiet", status=(3,))
    tap.equal(result.err.count("\n"), 1)


def test_state_that_cannot_be_written(folder):
    (folder / "file").write_text("")
    result = scan(env={"ASSAY_STATE": str(folder / "file/below")}, status=(3,))
    tap.contains(result.err, "done in part")
    tap.contains(result.out, "Risks: ")


if __name__ == "__main__":
    tap.main(globals())
