"""Makes a copy of a mirror as it may be a day later: records of NVD changed and added, most of them
spread over all years, and some changes of each other feed. usage: make_changes.py MIRROR INTO [RECORDS]

Files that stay are links. What changes is chosen by numbers, the same each time."""
import gzip
import json
import os
import pathlib
import sys
import zipfile

NVD = "nvd.nist.gov/feeds/json/cve/2.0"
PAGES = "services.nvd.nist.gov/rest/json/cves/2.0"
KEV = "www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
EPSS = "epss.empiricalsecurity.com/epss_scores-current.csv.gz"
EOL = "endoflife.date/api/v1/products/full/index.json"
LIST = "github.com/CVEProject/cvelistV5/archive/refs/heads/main.zip"
OSV = "storage.googleapis.com/osv-vulnerabilities"
DAY = "2026-11-20"


def link_all(mirror, into):
    for path in sorted(mirror.rglob("*")):
        if path.is_file():
            target = into / path.relative_to(mirror)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.symlink(path.resolve(), target)


def replace(path, data):
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def change_cve(cve, number):
    """What analysts do: words, a score, where a range ends, another product."""
    cve["lastModified"] = f"{DAY}T{number // 60 % 24:02}:{number % 60:02}:00.000"
    if cve.get("vulnStatus") == "Rejected":
        return
    for text in cve.get("descriptions", []):
        text["value"] += f" Looked at again ({number})."
    nodes = [node for configuration in cve.get("configurations", [])
             for node in configuration.get("nodes", [])]
    for match in [match for node in nodes for match in node.get("cpeMatch", [])][:1]:
        if number % 3 == 0:
            match.pop("versionEndIncluding", None)
            match["versionEndExcluding"] = f"9.{number}"
        elif number % 3 == 1:
            match["criteria"] = f"cpe:2.3:a:example:changed_{number}:*:*:*:*:*:*:*:*"
    if number % 7 == 0:
        cve.pop("configurations", None)
    if number % 11 == 0:
        cve.pop("metrics", None)
    if number % 97 == 0:
        cve["vulnStatus"] = "Rejected"


def new_cve(number):
    return {"id": f"CVE-2026-{900000 + number}", "published": f"{DAY}T01:00:00.000",
            "lastModified": f"{DAY}T01:00:00.000", "vulnStatus": "Analyzed",
            "descriptions": [{"lang": "en", "value": f"A flaw that was found on the day ({number})."}],
            "references": [{"url": f"https://example.org/{number}"}],
            "configurations": [{"nodes": [{"operator": "OR", "cpeMatch": [
                {"vulnerable": True, "versionEndExcluding": f"1.{number}",
                 "criteria": f"cpe:2.3:a:example:new_{number % 10}:*:*:*:*:*:*:*:*"}]}]}]}


def read_year(path):
    return json.loads(gzip.decompress(path.read_bytes()))


def change_nvd(mirror, into, count):
    """A page of the API: a record of each year in turn, and a tenth of new ones."""
    new = count // 10
    years = sorted((mirror / NVD).glob("nvdcve-2.0-20*.json.gz"))
    changed, each = [], -(-(count - new) // max(1, len(years)))
    for year in years:
        cves = [item["cve"] for item in read_year(year)["vulnerabilities"]]
        step = max(1, len(cves) // each)
        changed += cves[step // 2::step][:each]
    changed = changed[:count - new]
    for number, cve in enumerate(changed):
        change_cve(cve, number)
    changed += [new_cve(number) for number in range(count - len(changed))]
    page = {"resultsPerPage": len(changed), "startIndex": 0, "totalResults": len(changed),
            "format": "NVD_CVE", "version": "2.0", "timestamp": f"{DAY}T23:00:00.000",
            "vulnerabilities": [{"cve": cve} for cve in changed]}
    replace(into / PAGES / "changes-0.json.gz", gzip.compress(json.dumps(page).encode(), 6, mtime=0))


def change_kev(mirror, into):
    catalogue = json.loads((mirror / KEV).read_text())
    entry = dict(catalogue["vulnerabilities"][0], cveID="CVE-2026-900001", dateAdded=DAY)
    catalogue["vulnerabilities"].append(entry)
    catalogue["count"] = len(catalogue["vulnerabilities"])
    replace(into / KEV, json.dumps(catalogue).encode())


def change_epss(mirror, into):
    lines = gzip.decompress((mirror / EPSS).read_bytes()).decode().splitlines()
    for number, line in enumerate(lines):
        cells = line.split(",")
        if len(cells) == 3 and cells[0].startswith("CVE-") and number % 5 == 0:
            lines[number] = f"{cells[0]},{float(cells[1]) * 0.9:.5f},{cells[2]}"
    replace(into / EPSS, gzip.compress("\n".join(lines).encode() + b"\n", 6, mtime=0))


def change_zip(source, target, change, step, extra=()):
    """Each step-th member is given to change, which returns its new text, or None to leave it out."""
    replace(target, source.read_bytes())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as out:
        chosen = [info for info in out.filelist if info.filename.endswith(".json")][::step]
        texts = {info.filename: change(number, out.read(info)) for number, info in enumerate(chosen)}
        out.filelist = [info for info in out.filelist if info.filename not in texts]
        out.NameToInfo = {info.filename: info for info in out.filelist}
        for name, text in texts.items():
            if text is not None:
                out.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
        for name, text in extra:
            out.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
        out._didModify = True


def change_advisory(number, text):
    advisory = json.loads(text)
    if number % 10 == 9:
        return None
    advisory["modified"] = f"{DAY}T05:00:00Z"
    for affected in advisory.get("affected", [])[:1]:
        for stretch in affected.get("ranges", [])[:1]:
            stretch["events"] = [{"introduced": "0"}, {"fixed": f"99:{number}.1"}]
    return json.dumps(advisory)


def change_list(number, text):
    record = json.loads(text)
    if number % 10 == 9:
        return None
    record["cveMetadata"]["dateUpdated"] = f"{DAY}T06:00:00.000Z"
    cna = record.get("containers", {}).get("cna", {})
    for description in cna.get("descriptions", []):
        description["value"] += f" Its finder says so ({number})."
    if number % 4 == 0:
        cna.pop("metrics", None)
    return json.dumps(record)


def make(mirror, into, count=1000):
    mirror, into = pathlib.Path(mirror), pathlib.Path(into)
    link_all(mirror, into)
    change_nvd(mirror, into, count)
    change_kev(mirror, into)
    change_epss(mirror, into)
    for source in sorted((mirror / OSV).glob("*/all.zip")):
        change_zip(source, into / source.relative_to(mirror), change_advisory, 200)
    if (mirror / LIST).exists():
        change_zip(mirror / LIST, into / LIST, change_list, 200)


if __name__ == "__main__":
    make(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1000)
