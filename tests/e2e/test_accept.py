"""Accepted risk: rules and OpenVEX with `scan`, `assess` and `explain`."""
import json

import tap

DEBIAN = tap.FIXTURES / "inventories/debian-12.json"
CVE = "CVE-2024-90001"


def vulnerable_server(folder):
    """Knowledge of the small mirror, and a server whose openssl is older than its fix."""
    knowledge, server = folder / "knowledge.assay", folder / "server.json"
    tap.assay("kb", "build", "--from", tap.FIXTURES / "feeds", "--out", knowledge)
    server.write_text(DEBIAN.read_text().replace("3.0.15-1~deb12u1", "3.0.11-1~deb12u1"))
    return ["assess", server, "--knowledge", knowledge, "--as-of", "2026-11-22"]


def write_rules(path, **members):
    rule = {"cve": CVE, "reason": "not reachable", "author": "alice", "until": "2026-12-31", **members}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"format": "assay-accepted", "format_version": 1, "rules": [rule]}))
    return path


def finding_of(document):
    return next(one for one in document["findings"] if one["cve"] == CVE)


def check_schema(document):
    try:
        import jsonschema
    except ImportError:
        return
    schema = json.loads((tap.ROOT / "docs/formats/assessment.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)


def test_a_rule_takes_a_finding_out(folder):
    words = vulnerable_server(folder)
    rules = write_rules(folder / "rules.json")
    before = tap.assay(*words, "-f", "json").json()
    assert finding_of(before)["accepted"] is None
    after = tap.assay(*words, "-f", "json", "--accept", rules).json()
    check_schema(after)
    tap.equal(finding_of(after)["accepted"], {
        "as": "risk", "reason": "not reachable", "author": "alice", "until": "2026-12-31",
        "document": str(rules), "number": 1})
    tap.equal(after["risks"]["vulnerabilities"], before["risks"]["vulnerabilities"] - 1)
    tap.equal(after["counts"]["accepted"]["total"], 1)
    level = finding_of(after)["level"]
    tap.equal(after["counts"]["confirmed"][level], before["counts"]["confirmed"][level] - 1)


def test_every_format_says_so(folder):
    words = vulnerable_server(folder) + ["--accept", write_rules(folder / "rules.json")]
    text = tap.assay(*words).out
    tap.contains(text, "1 finding accepted as risk")
    tap.contains(text, "shown by --all")
    assert CVE not in text, "not among the worst"
    tap.contains(tap.assay(*words, "--all").out, "accepted until 2026-12-31")
    page = tap.assay(*words, "-f", "html").out
    tap.contains(page, 'data-a="1"')
    tap.contains(page, "not reachable (by alice, until 2026-12-31, rule 1 of ")
    assert CVE not in tap.assay(*words, "-f", "csv").out
    rows = [row for row in tap.assay(*words, "-f", "csv", "--all").out.splitlines() if CVE in row]
    tap.equal(len(rows), 1)
    tap.contains(rows[0], "accepted until 2026-12-31")


def test_fail_on_looks_past_it(folder):
    words = vulnerable_server(folder)
    document = tap.assay(*words, "-f", "json").json()
    everything = write_rules(folder / "all.json", server="*", software="?*")
    text = json.loads(everything.read_text())
    del text["rules"][0]["cve"]
    everything.write_text(json.dumps(text))
    assert document["counts"]["confirmed"]["total"] > 0
    tap.assay(*words, "--fail-on", "unknown", status=1)
    tap.assay(*words, "--fail-on", "unknown", "--accept", everything, status=0)


def test_it_comes_back_when_it_expires(folder):
    words = vulnerable_server(folder)
    rules = write_rules(folder / "rules.json", until="2026-11-21")
    document = tap.assay(*words, "-f", "json", "--accept", rules).json()
    assert finding_of(document)["accepted"] is None
    tap.contains("\n".join(document["notes"]),
                 f"rule 1 ({CVE}, by alice) expired 2026-11-21: the finding is back")
    words[-1] = "2026-11-21"
    document = tap.assay(*words, "-f", "json", "--accept", rules).json()
    assert finding_of(document)["accepted"], "the last day counts"


def test_the_state_folder_and_several_documents(folder):
    words = vulnerable_server(folder)
    write_rules(folder / "state/accepted.json", author="kept")
    other = write_rules(folder / "other.json", author="other")
    document = tap.assay(*words, "-f", "json").json()
    tap.equal(finding_of(document)["accepted"]["document"], "accepted.json")
    document = tap.assay(*words, "-f", "json", "--accept", other).json()
    tap.equal(finding_of(document)["accepted"]["author"], "kept")
    write_rules(folder / "state/accepted.json", author="kept", until="2020-01-01")
    document = tap.assay(*words, "-f", "json", "--accept", other, "--accept", other).json()
    tap.equal(finding_of(document)["accepted"]["author"], "other")
    (folder / "state/accepted.json").write_text("{")
    result = tap.assay(*words, status=3)
    tap.contains(result.err, "accepted risk was not used")
    tap.contains(tap.assay("explain", *words[1:2], CVE, *words[2:], status=3).err, "accepted.json")


def test_openvex(folder):
    words = vulnerable_server(folder)
    path = folder / "maker.vex.json"
    path.write_text(json.dumps({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://openvex.dev/docs/example/1",
        "author": "Maker", "timestamp": "2026-01-01T00:00:00Z", "version": 1,
        "statements": [{
            "vulnerability": {"name": CVE}, "status": "not_affected",
            "products": [{"@id": "pkg:deb/debian/openssl@3.0.11-1~deb12u1?arch=source&distro=debian-12"}],
            "justification": "vulnerable_code_not_present"}]}))
    document = tap.assay(*words, "-f", "json", "--accept", path).json()
    check_schema(document)
    tap.equal(finding_of(document)["accepted"]["as"], "not_affected")
    tap.equal(finding_of(document)["accepted"]["until"], None)
    text = tap.assay(*words, "--accept", path).out
    tap.contains(text, "1 finding cleared by VEX")
    text = tap.assay("explain", words[1], CVE, *words[2:], "--accept", path).out
    tap.contains(text, "not affected by VEX")
    tap.contains(text, "statement 1 of")


def test_explain(folder):
    words = vulnerable_server(folder)
    words = ["explain", words[1], CVE, *words[2:], "--accept"]
    text = tap.assay(*words, write_rules(folder / "rules.json")).out
    tap.contains(text, "VULNERABLE")
    tap.contains(text, "accepted as risk")
    tap.contains(text, "by alice until 2026-12-31: not reachable")
    text = tap.assay(*words, write_rules(folder / "old.json", until="2026-01-01")).out
    tap.contains(text, "no longer: the rule by alice expired 2026-01-01")


def test_what_cannot_be_read(folder):
    words = vulnerable_server(folder)
    bad = folder / "bad.json"
    bad.write_text('{"format": "assay-inventory"}')
    for path, text in ((folder / "none.json", "none.json"), (bad, "neither rules of accepted risk"),
                       (DEBIAN, "neither rules of accepted risk")):
        result = tap.assay(*words, "--accept", path, status=4)
        tap.contains(result.err, text)
        tap.equal(result.err.count("\n"), 1)
        tap.equal(result.out, "")
    rules = write_rules(folder / "rules.json", servers="db*")
    document = tap.assay(*words, "-f", "json", "--accept", rules).json()
    assert finding_of(document)["accepted"] is None, "a misspelt condition accepts nothing"
    tap.contains("\n".join(document["notes"]), "rules[0]: servers is no member of a rule; left out")
    tap.contains(tap.assay("explain", words[1], CVE, *words[2:], "--accept", rules).err, "left out")


tap.main(globals())
