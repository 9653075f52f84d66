"""Levels of CVEs that have no score: the rating of who publishes the advisory, and whose it is."""
import collections
import csv
import io
import json

import tap

INVENTORIES = tap.FIXTURES / "inventories"
LEVELS = {"critical": "critical", "important": "high", "high": "high", "moderate": "medium",
          "medium": "medium", "low": "low", "negligible": "low", "unimportant": "low"}


def assess(knowledge, name, *words):
    return tap.assay("assess", INVENTORIES / name, "--knowledge", knowledge, "--as-of", "2026-11-22",
                     *words, status=None).out


def check(knowledge, name, unknown, by):
    """At most so many levels are unknown, and each level is that of its score or rating."""
    document = json.loads(assess(knowledge, name, "-f", "json", "--all"))
    counts = document["counts"]["confirmed"]
    assert counts["unknown"] <= unknown * counts["total"], counts
    rated = collections.Counter()
    worst = {}
    for finding in document["findings"]:
        source = finding["level_source"]
        if finding["score"] is not None:
            tap.equal(source, finding["score_source"])
        elif source is None:
            tap.equal(finding["level"], "unknown", finding)
        else:
            publisher, word = source.split(": ")
            assert publisher in (by, "Chromium"), finding
            tap.equal(finding["level"], LEVELS[word.lower()], finding)
            tap.equal(finding["vector"], None)
            rated[word] += 1
        if finding["confirmed"]:
            order = list(counts).index(finding["level"])
            worst[finding["cve"]] = min(worst.get(finding["cve"], 99), order)
    assert rated, "nothing is rated"
    tap.equal(len(worst), counts["total"])
    rows = list(csv.DictReader(io.StringIO(assess(knowledge, name, "-f", "csv", "--all"))))
    tap.equal([(row["cve"], row["level"], row["level_source"] or None) for row in rows],
              [(finding["cve"], finding["level"], finding["level_source"])
               for finding in document["findings"]])
    table = assess(knowledge, name)
    for level in ("critical", "high", "medium", "low", "unknown"):
        if counts[level]:
            tap.contains(table, f"{counts[level]:,} {level}".replace(",", ","))
    return document


def explain(knowledge, name, finding):
    text = tap.assay("explain", INVENTORIES / name, finding["cve"], "--knowledge", knowledge,
                     "--as-of", "2026-11-22", status=None).out
    publisher, word = finding["level_source"].split(": ")
    tap.contains(" ".join(text.split()),
                 f"rated by {publisher}: {word}, which is {finding['level']}")


def test_words_of_descriptions(folder):
    """Scores and ratings that NVD has in its descriptions alone."""
    mirror = tap.shared("mirror")
    knowledge = folder / "knowledge"
    tap.assay("kb", "build", "--from", mirror, "--only", "nvd", "--out", knowledge, status=None)
    document = json.loads(assess(knowledge, "windows-server-2022.json", "-f", "json", "--all"))
    by_cve = {finding["cve"]: finding for finding in document["findings"]}
    got = by_cve["CVE-2026-9941"]
    tap.equal((got["level_source"].split(": ")[0], got["score"]), ("Chromium", None))
    java = [finding["level_source"] for finding in document["findings"]
            if finding["software"].startswith("Java") and finding["vector"]]
    assert java.count("CNA") > 50, collections.Counter(java)


def first_rated(document):
    return next(finding for finding in document["findings"]
                if finding["level_source"] and finding["score"] is None)


def test_real_records(folder):
    mirror = tap.shared("mirror")
    knowledge = folder / "knowledge"
    tap.assay("kb", "build", "--from", mirror, "--only", "nvd", "--only", "microsoft",
              "--only", "osv", "--out", knowledge, status=None)
    for name, unknown, by in (("windows-server-2022.json", 0.15, "Microsoft"),
                              ("almalinux-9.json", 0.01, "AlmaLinux")):
        document = check(knowledge, name, unknown, by)
        explain(knowledge, name, first_rated(document))
        html = assess(knowledge, name, "-f", "html")
        tap.contains(html, f"<b>Rated</b> {by}: ")


if __name__ == "__main__":
    tap.main(globals())
