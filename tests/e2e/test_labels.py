"""The hand-checked answers of tests/labels/linux.tsv, asked of the real binary with real feeds.

tests/assess/test_labels.c asks the same of knowledge made of what each row quotes, and needs no
feeds; here the advisories themselves must say what the rows quote.
"""
import json

import tap

COLUMNS = ("system manager package version source source_version module cve answer advisory fixed "
           "note").split()
SYSTEMS = {
    "Debian": {"id": "debian", "name": "Debian GNU/Linux", "origin": "Debian", "vendor": ""},
    "AlmaLinux": {"id": "almalinux", "name": "AlmaLinux", "origin": "", "vendor": "AlmaLinux"},
}


def rows():
    text = (tap.ROOT / "tests/labels/linux.tsv").read_text(encoding="utf-8")
    return [dict(zip(COLUMNS, line.split("\t"))) for line in text.splitlines()
            if line and not line.startswith("#")]


def inventory(row):
    name, version = row["system"].split(":")
    system = SYSTEMS[name]
    software = {
        "ecosystem": row["manager"], "name": row["package"], "version": row["version"],
        "source": row["source"], "source_version": row["source_version"],
        "module": row["module"], "origin": system["origin"], "vendor": system["vendor"],
    }
    return {
        "format": "assay-inventory", "format_version": 1,
        "server": {"name": "label", "os": {"family": "linux", "id": system["id"],
                                           "name": system["name"], "version_id": version}},
        "software_known": "yes",
        "software": [{key: value for key, value in software.items() if value}],
    }


def test_labels_hold_with_real_feeds(folder):
    mirror = tap.shared("mirror")
    knowledge = folder / "knowledge"
    tap.assay("kb", "build", "--from", mirror, "--only", "osv", "--only", "nvd", "--out", knowledge,
              status=None)
    wrong = []
    for row in rows():
        document = folder / "inventory.json"
        document.write_text(json.dumps(inventory(row)), encoding="utf-8")
        answer = tap.assay("explain", document, row["cve"], row["package"], "--format", "json",
                           env={"ASSAY_KNOWLEDGE": str(knowledge)}).json()
        verdicts = [one["verdict"] for one in answer["explanations"]]
        if verdicts != [row["answer"]]:
            wrong.append(f"{row['package']} {row['version']} {row['cve']}: expected "
                         f"{row['answer']}, got {verdicts}")
    tap.equal(wrong, [], "labels")


if __name__ == "__main__":
    tap.main(globals())
