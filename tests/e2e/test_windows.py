"""The labelled states of tests/labels/windows-os.tsv, asked of the real binary with real feeds.

Precision is how many of the confirmed findings asked about are right, recall how many of the missing
fixes are found. Both are printed and may not drop.
"""
import json

import tap

COLUMNS = "build edition type arch hotfixes cve answer fixed_in reason".split()
NAMES = {"Server": "Windows Server", "Server Core": "Windows Server", "Client": "Windows 10 Pro"}
PRECISION, RECALL = 1.0, 1.0


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


def findings(folder, knowledge, document, reports):
    """The findings about an inventory; reports keeps them, for one answers about all CVEs."""
    text = json.dumps(document)
    if text not in reports:
        path = folder / "inventory.json"
        path.write_text(text, encoding="utf-8")
        report = tap.assay("assess", path, "--format", "json", "--all", "--as-of", "2026-07-01",
                           status=None, env={"ASSAY_KNOWLEDGE": str(knowledge)}).json()
        reports[text] = report.get("findings", [])
    return reports[text]


def answer(folder, knowledge, row, reports, document, software):
    """What a report says of the software, or of any (None): the finding's state and the update to install."""
    for finding in findings(folder, knowledge, document, reports):
        if finding["cve"] == row["cve"] and software in (None, finding["software"]):
            sure = finding["confidence"] in ("advisory", "exact", "range")
            return "vulnerable" if sure else "unconfirmed", finding.get("fixed_in") or ""
    return "silent", ""


def measure(folder, knowledge, name, columns, document, software):
    """Asks all rows of a set; prints its figures, which may not drop."""
    text = (tap.ROOT / "tests/labels" / name).read_text(encoding="utf-8")
    wrong, found, right, wanted, reports, count = [], 0, 0, 0, {}, 0
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        row = dict(zip(columns, line.split("\t")))
        count += 1
        state, fixed_in = answer(folder, knowledge, row, reports, document(row), software(row))
        expected = row["answer"] if row["answer"] in ("vulnerable", "unconfirmed") else "silent"
        found += state == "vulnerable"
        wanted += expected == "vulnerable"
        right += state == expected == "vulnerable"
        named = not row["fixed_in"] or state == "silent" or fixed_in == row["fixed_in"]
        if state != expected or not named:
            wrong.append(f"{line}: got {state} {fixed_in}")
    precision, recall = right / max(found, 1), right / max(wanted, 1)
    print(f"# {name}: {count} rows, precision {precision:.3f}, recall {recall:.3f}")
    tap.equal(wrong, [], "labels")
    assert precision >= PRECISION and recall >= RECALL


FRAMEWORK = "build edition type versions hotfixes searched cve answer fixed_in reason".split()


def framework_inventory(row):
    document = inventory(dict(row, arch="AMD64"))
    document["facts"].append({"key": "dotnet-framework", "value": row["versions"]})
    if row["searched"] != "-":
        document["facts"].append({"key": "windows-update-source", "value": "microsoft"})
        document["updates"] = {"known": "yes", "metadata_time": row["searched"] + "T00:00:00Z",
                               "items": []}
    return document


PRODUCTS = "name version beside cve answer fixed_in reason".split()


def product_inventory(row):
    document = inventory({"build": "17763", "arch": "AMD64", "type": "Server",
                          "edition": "ServerStandard", "hotfixes": "-"})
    names = [(row["name"], row["version"])]
    names += [(name, "1") for name in row["beside"].split(" + ") if name != "-"]
    document["software"] = [{"ecosystem": "windows", "name": name, "version": version}
                            for name, version in names]
    return document


def test_labels_of_parts_and_products_hold(folder):
    mirror = tap.shared("mirror")
    knowledge = folder / "knowledge"
    tap.assay("kb", "build", "--from", mirror, "--only", "microsoft", "--only", "nvd", "--only",
              "cvelist", "--out", knowledge, status=None)
    measure(folder, knowledge, "windows-framework.tsv", FRAMEWORK, framework_inventory,
            lambda row: f".NET Framework {row['versions']}")
    for name in ("windows-products.tsv", "windows-updates.tsv"):
        measure(folder, knowledge, name, PRODUCTS, product_inventory, lambda row: row["name"])


def test_labels_hold_with_real_feeds(folder):
    mirror = tap.shared("mirror")
    knowledge = folder / "knowledge"
    tap.assay("kb", "build", "--from", mirror, "--only", "microsoft", "--only", "nvd", "--out",
              knowledge, status=None)
    measure(folder, knowledge, "windows-os.tsv", COLUMNS, inventory, lambda row: None)


# Name and version as Windows shows them, a CVE whose criteria name releases, and how sure it is.
RELEASES = [
    ("SQL Server 2016 Database Engine Services", "13.2.5026.0", "CVE-2021-1636", "exact"),
    # Updates to the service pack are installed: the record does not tell which has the fix.
    ("SQL Server 2016 Database Engine Services", "13.2.5893.48", "CVE-2021-1636", "product"),
    ("SQL Server 2016 Database Engine Services", "13.3.6300.2", "CVE-2021-1636", None),
    ("SQL Server 2016 Database Engine Services", "13.2.5026.0", "CVE-2017-8516", None),
    ("SQL Server 2016 Database Engine Services", "13.1.4001.0", "CVE-2017-8516", "exact"),
    ("Microsoft SQL Server 2014 (64-bit)", "12.3.6024.0", "CVE-2021-1636", "exact"),
    ("SQL Server 2012 Database Engine Services", "11.3.6020.0", "CVE-2016-7254", "exact"),
    ("SQL Server 2012 Database Engine Services", "11.3.6020.0", "CVE-2021-1636", None),
    ("Microsoft SQL Server 2008 R2 (64-bit)", "10.53.6000.34", "CVE-2015-1761", "exact"),
    ("Microsoft SQL Server 2008 R2 (64-bit)", "10.51.2500.0", "CVE-2015-1761", None),
    ("Microsoft Exchange Server 2019 Cumulative Update 10", "15.2.922.7", "CVE-2021-34470", "exact"),
    ("Microsoft Exchange Server 2019 Cumulative Update 10", "15.2.922.13", "CVE-2021-34470",
     "product"),
    ("Microsoft Exchange Server 2019 Cumulative Update 11", "15.2.986.5", "CVE-2021-34470", None),
]


def test_releases_of_sql_server_and_exchange(folder):
    mirror = tap.shared("mirror")
    knowledge = folder / "knowledge"
    tap.assay("kb", "build", "--from", mirror, "--only", "nvd", "--out", knowledge, status=None)
    for name, version, cve, expected in RELEASES:
        document = inventory({"build": "17763", "arch": "AMD64", "type": "Server",
                              "edition": "ServerStandard", "hotfixes": "-"})
        document["software"] = [{"ecosystem": "windows", "name": name, "version": version,
                                 "vendor": "Microsoft Corporation"}]
        path = folder / "inventory.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        report = tap.assay("assess", path, "--format", "json", "--all", status=None,
                           env={"ASSAY_KNOWLEDGE": str(knowledge)}).json()
        found = [one["confidence"] for one in report["findings"]
                 if one["cve"] == cve and one["software"] == name]
        tap.equal(found, [expected] if expected else [], f"{name} {version} {cve}")


if __name__ == "__main__":
    tap.main(globals())
