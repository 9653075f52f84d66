"""The labelled states of tests/labels/windows-os.tsv, asked of the real binary with real feeds.

Precision is how many of the confirmed findings asked about are right, recall how many of the missing
fixes are found. Both are printed and may not drop.
"""
import json

import tap

COLUMNS = "build edition type arch hotfixes cve answer fixed_in reason".split()
NAMES = {"Server": "Windows Server", "Server Core": "Windows Server", "Client": "Windows 10 Pro"}
PRECISION, RECALL = 1.0, 1.0


def rows():
    text = (tap.ROOT / "tests/labels/windows-os.tsv").read_text(encoding="utf-8")
    return [dict(zip(COLUMNS, line.split("\t"))) for line in text.splitlines()
            if line and not line.startswith("#")]


def inventory(row):
    document = {
        "format": "assay-inventory", "format_version": 1,
        "server": {
            "name": "label", "machine": {"arch": row["arch"]},
            "os": {"family": "windows", "id": "windows", "name": NAMES[row["type"]],
                   "edition": row["edition"], "build": row["build"]}},
        "software_known": "yes", "software": [],
        "facts": [{"key": "windows-installation-type", "value": row["type"]}],
    }
    if row["hotfixes"] != "-":
        document["hotfixes_known"] = "yes"
        document["hotfixes"] = [{"id": kb} for kb in row["hotfixes"].split()]
    return document


def answer(folder, knowledge, row):
    """What a report says: the finding's state and the update to install."""
    path = folder / "inventory.json"
    path.write_text(json.dumps(inventory(row)), encoding="utf-8")
    report = tap.assay("assess", path, "--format", "json", status=None,
                       env={"ASSAY_KNOWLEDGE": str(knowledge)}).json()
    for finding in report.get("findings", []):
        if finding["cve"] == row["cve"]:
            sure = finding["confidence"] in ("advisory", "exact", "range")
            return "vulnerable" if sure else "unconfirmed", finding.get("fixed_in") or ""
    return "silent", ""


def test_labels_hold_with_real_feeds(folder):
    mirror = tap.shared("mirror")
    knowledge = folder / "knowledge"
    tap.assay("kb", "build", "--from", mirror, "--only", "microsoft", "--only", "nvd", "--out",
              knowledge, status=None)
    wrong, found, right, wanted = [], 0, 0, 0
    for row in rows():
        state, fixed_in = answer(folder, knowledge, row)
        expected = row["answer"] if row["answer"] in ("vulnerable", "unconfirmed") else "silent"
        found += state == "vulnerable"
        wanted += expected == "vulnerable"
        right += state == expected == "vulnerable"
        named = not row["fixed_in"] or state == "silent" or fixed_in == row["fixed_in"]
        if state != expected or not named:
            wrong.append(f"{row['build']} [{row['hotfixes']}] {row['cve']}: expected {row['answer']} "
                         f"{row['fixed_in']}, got {state} {fixed_in}")
    precision, recall = right / max(found, 1), right / max(wanted, 1)
    print(f"# windows-os: {len(rows())} states, precision {precision:.3f}, recall {recall:.3f}")
    tap.equal(wrong, [], "labels")
    assert precision >= PRECISION and recall >= RECALL


if __name__ == "__main__":
    tap.main(globals())
