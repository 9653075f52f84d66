"""`assay explain`: usage, and every step of an answer."""
import json

import tap

DEBIAN = tap.FIXTURES / "inventories/debian-12.json"


def test_wrong_usage_is_one_line():
    for words, status, text in [
        ([DEBIAN, "CVE-2023"], 2, "CVE-2023: not a CVE identifier"),
        ([DEBIAN], 2, "needs"),
        ([DEBIAN, "CVE-2023-52425", "expat", "more"], 2, "one word too many"),
        ([DEBIAN, "CVE-2023-52425", "--format", "html"], 2, "one of table, json"),
        ([DEBIAN, "CVE-2023-52425"], 4, "there is no knowledge"),
    ]:
        result = tap.assay("explain", *words, status=status)
        tap.contains(result.err, text)
        tap.equal(result.err.count("\n"), 1, words)
        tap.equal(result.out, "", words)


def vulnerable_server(folder):
    """Knowledge of the small mirror, and a server whose openssl is older than its fix."""
    knowledge, server = folder / "knowledge.assay", folder / "server.json"
    tap.assay("kb", "build", "--from", tap.FIXTURES / "feeds", "--out", knowledge)
    server.write_text(DEBIAN.read_text().replace("3.0.15-1~deb12u1", "3.0.11-1~deb12u1"))
    return knowledge, server


def test_steps_of_a_match(folder):
    knowledge, server = vulnerable_server(folder)
    words = ["explain", server, "CVE-2024-90001", "--knowledge", knowledge]
    text = tap.assay(*words).out
    for part in ("VULNERABLE", "openssl", "3.0.11-1~deb12u1 < 3.0.13-1~deb12u1", "dpkg order"):
        tap.contains(text, part)
    tap.equal(tap.assay(*words, "openssl").out, text, "named, it is the same answer")
    document = tap.assay(*words, "--format", "json").json()
    tap.equal(document["cve"], "CVE-2024-90001")
    tap.equal(document["explanations"][0]["verdict"], "vulnerable")
    try:
        import jsonschema
    except ImportError:
        return
    schema = json.loads((tap.ROOT / "docs/formats/explanation.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)


def test_age_and_notices_of_the_sources(folder):
    """What a feed says is shown with its publisher's notice, and its age where it is old."""
    knowledge, server = vulnerable_server(folder)
    words = [server, "CVE-2024-90001", "--knowledge", knowledge, "--as-of", "2030-01-01"]
    notice = "not endorsed or certified by the NVD"
    result = tap.assay("explain", *words)
    tap.contains(result.out, notice)
    tap.contains(result.err, "older than 30 days: NVD (")
    sources = tap.assay("explain", *words, "--format", "json").json()["sources"]
    nvd = next(source for source in sources if source["label"] == "NVD")
    tap.contains(nvd["attribution"], notice)
    tap.equal(nvd["old"], True)
    shown = tap.assay("kb", "show", "CVE-2024-90001", "--knowledge", knowledge)
    tap.contains(shown.out, notice)
    shown = tap.assay("kb", "show", "CVE-2024-90001", "--knowledge", knowledge, "--format", "json")
    tap.contains(json.dumps(shown.json()["sources"]), notice)
    result = tap.assay("assess", server, *words[2:], "--format", "csv")
    header, row = result.out.splitlines()[:2]
    assert header.endswith(",notice") and notice in row, row
    tap.contains(result.err, "older than 30 days: NVD (")
    result = tap.assay("identify", "--os", "windows", *words[2:], stdin="7-Zip\tIgor Pavlov\t23.01\n")
    tap.contains(result.err, "older than 30 days: NVD (")


def test_fixed_and_unknown(folder):
    knowledge, _ = vulnerable_server(folder)
    text = tap.assay("explain", DEBIAN, "CVE-2024-90001", "--knowledge", knowledge).out
    tap.contains(text, "FIXED")
    text = tap.assay("explain", DEBIAN, "CVE-2024-99999", "--knowledge", knowledge).out
    tap.contains(text, "UNKNOWN")


if __name__ == "__main__":
    tap.main(globals())
