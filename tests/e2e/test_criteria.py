"""The labelled rows of tests/labels/criteria.tsv: real records of NVD, asked of the real binary."""
import json

import tap

COLUMNS = "kind system software cve answer reason".split()


def rows():
    text = (tap.ROOT / "tests/labels/criteria.tsv").read_text(encoding="utf-8")
    return [dict(zip(COLUMNS, line.split("\t"))) for line in text.splitlines()
            if line and not line.startswith("#")]


def software(text):
    ecosystem, slash, name = text.partition("/")
    vendor, product, version, *update = (name if slash else text).split(":")
    return {"ecosystem": ecosystem if slash else "cpe", "name": product, "version": version,
            "cpe": f"cpe:2.3:a:{vendor}:{product}:{version}:{update[0] if update else '*'}"
                   ":*:*:*:*:*:*"}


def inventory(row):
    system, arch = row["system"].split()
    family, _, build = system.partition(":")
    os = {"family": family, "id": "debian", "name": "Debian GNU/Linux", "version_id": "12"}
    if build:
        os = {"family": family, "id": family, "name": "Windows Server", "edition": "ServerStandard",
              "build": build}
    return {"format": "assay-inventory", "format_version": 1, "software_known": "yes",
            "server": {"name": "label", "machine": {"arch": arch}, "os": os},
            "software": [software(one) for one in row["software"].split()]}


def test_labels_hold_with_real_records(folder):
    mirror = tap.shared("mirror")
    knowledge = folder / "knowledge"
    tap.assay("kb", "build", "--from", mirror, "--only", "nvd", "--out", knowledge, status=None)
    wrong = []
    for row in rows():
        document = folder / "inventory.json"
        document.write_text(json.dumps(inventory(row)), encoding="utf-8")
        report = tap.assay("assess", document, "--format", "json", "--all", status=None,
                           env={"ASSAY_KNOWLEDGE": str(knowledge)}).json()
        product = row["software"].split()[0].split(":")[1]
        found = [one["confidence"] for one in report["findings"]
                 if one["cve"] == row["cve"] and one["software"] == product]
        answer = found[0] if found else "silent"
        if not found and row["answer"] == "undefined" and report["coverage"]["incomparable"]:
            answer = "undefined"
        if answer != row["answer"]:
            wrong.append(f"{row['cve']} {row['system']} {row['software']}: expected "
                         f"{row['answer']} ({row['reason']}), got {answer}")
    print(f"# criteria: {len(rows())} rows")
    tap.equal(wrong, [], "labels")


def publishers_rows():
    text = (tap.ROOT / "tests/labels/publishers-names.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def test_names_of_publishers_hold_with_real_records(folder):
    mirror = tap.shared("mirror")
    knowledge = folder / "knowledge"
    tap.assay("kb", "build", "--from", mirror, "--only", "nvd", "--only", "cvelist", "--out", knowledge,
              status=None)
    wrong = []
    for name, publisher, version, cve, wanted, reason in publishers_rows():
        document = inventory({"system": "windows:17763.1 AMD64", "software": ""})
        document["software"] = [{"ecosystem": "windows", "name": name, "vendor": publisher,
                                 "version": version}]
        report = tap.assay("assess", "-", "--format", "json", "--all", stdin=json.dumps(document), status=None,
                           env={"ASSAY_KNOWLEDGE": str(knowledge)}).json()
        found = [one["confidence"] for one in report["findings"] if one["cve"] == cve]
        answer = found[0] if found else "silent"
        if answer != wanted:
            wrong.append(f"{cve} {name} {version}: expected {wanted} ({reason}), got {answer}")
    print(f"# publishers' names: {len(publishers_rows())} rows")
    tap.equal(wrong, [], "labels")


if __name__ == "__main__":
    tap.main(globals())
