"""Folding changes into a knowledge file: the same as reading everything, or everything is read."""
import gzip
import io
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import zipfile

import knowledge_file
import tap

MIRROR = tap.FIXTURES / "feeds"
NVD = "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz"
PAGE = "services.nvd.nist.gov/rest/json/cves/2.0/changes-1.json.gz"
KEV = "www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
EPSS = "epss.empiricalsecurity.com/epss_scores-current.csv.gz"
EOL = "endoflife.date/api/v1/products/full/index.json"
LIST = "github.com/CVEProject/cvelistV5/archive/refs/heads/main.zip"
OVERRIDES = "github.com/anchore/nvd-data-overrides/archive/refs/heads/main.zip"
DEBIAN = "storage.googleapis.com/osv-vulnerabilities/Debian/all.zip"


def start(folder):
    """A mirror and the knowledge file of it."""
    mirror = folder / "mirror"
    shutil.copytree(MIRROR, mirror)
    out = folder / "knowledge.assay"
    tap.assay("kb", "build", "--from", mirror, "--out", out)
    return mirror, out


def fold(mirror, out, *words, whole=None, status=0):
    """Builds over out and says whether changes were folded in, or why everything was read."""
    result = tap.assay("kb", "build", "--from", mirror, "--out", out, *words, status=status)
    if whole is None:
        tap.contains(result.err, "changed")
        assert "everything is read" not in result.err, result.err
    else:
        tap.contains(result.err, f"everything is read: {whole}")
    return result


def assert_as_whole(folder, mirror, out):
    """The file says what one does for which everything was read, in every section."""
    other = folder / "whole.assay"
    tap.assay("kb", "build", "--from", mirror, "--out", other, "--full", "--force")
    tap.equal(knowledge_file.differences(out, other), [])
    tap.contains(tap.assay("kb", "verify", out).out, "whole")
    states = [tap.assay("kb", "status", path, "--format", "json").json() for path in (out, other)]
    for state in states:
        state.pop("file"), state.pop("built")
    tap.equal(states[0], states[1])


def records(mirror, name=NVD):
    return json.loads(gzip.decompress((mirror / name).read_bytes()))["vulnerabilities"]


def write_records(path, items):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(json.dumps(
        {"format": "NVD_CVE", "version": "2.0", "vulnerabilities": items}).encode()))


def changed(items, day="2026-11-20"):
    """Every second record in another state of things."""
    items = json.loads(json.dumps([item for item in items if isinstance(item.get("cve"), dict)]))[::2]
    for number, item in enumerate(items):
        cve = item["cve"]
        cve["lastModified"] = f"{day}T00:00:{number % 60:02}.000"
        for text in cve.get("descriptions") or []:
            text["value"] = f"{text.get('value')} Seen again."
        if number % 3 == 1:
            cve.pop("configurations", None)
        if number % 3 == 2:
            cve.pop("metrics", None)
    return items


def edit_zip(path, edit):
    """edit gets name and text of each member and returns the new text, or None to leave it out."""
    source, target = zipfile.ZipFile(io.BytesIO(path.read_bytes())), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for info in source.infolist():
            text = edit(info.filename, source.read(info))
            if text is not None:
                out.writestr(zipfile.ZipInfo(info.filename), text)
    path.write_bytes(target.getvalue())


def edit_json(match, change):
    def edit(name, text):
        if match not in name:
            return text
        try:
            record = json.loads(text)
        except ValueError:
            return text
        return None if change(record) is None else json.dumps(record)
    return edit


def test_a_page_of_changes(folder):
    mirror, out = start(folder)
    new = {"cve": {"id": "CVE-2026-99999", "published": "2026-11-20T00:00:00.000",
                   "lastModified": "2026-11-20T00:00:00.000",
                   "descriptions": [{"lang": "en", "value": "New."}],
                   "configurations": [{"nodes": [{"operator": "OR", "cpeMatch": [
                       {"vulnerable": True, "versionEndExcluding": "2.0",
                        "criteria": "cpe:2.3:a:example:new:*:*:*:*:*:*:*:*"}]}]}]}}
    write_records(mirror / PAGE, changed(records(mirror)) + [new])
    fold(mirror, out)
    tap.contains(tap.assay("kb", "show", "CVE-2026-99999", "--knowledge", out).out, "New.")
    assert_as_whole(folder, mirror, out)
    # And what was folded in is a file like any other: more follows, an older page counts for nothing.
    write_records(mirror / PAGE.replace("-1", "-2"), changed(records(mirror), "2026-11-21")[:3])
    write_records(mirror / PAGE.replace("-1", "-3"), changed(records(mirror), "2001-01-01"))
    fold(mirror, out)
    assert_as_whole(folder, mirror, out)


def test_a_year_that_changed(folder):
    mirror, out = start(folder)
    items = records(mirror)
    newer = {item["cve"]["id"]: item for item in changed(items) if "id" in item["cve"]}
    write_records(mirror / NVD, [newer.get(item["cve"].get("id"), item)
                                 if isinstance(item.get("cve"), dict) else item for item in items])
    result = tap.assay("kb", "build", "--from", mirror, "--out", out)
    tap.contains(result.err, "changed")
    assert_as_whole(folder, mirror, out)


def test_small_feeds_that_changed(folder):
    mirror, out = start(folder)
    kev = json.loads((mirror / KEV).read_text())
    kev["vulnerabilities"].append(dict(kev["vulnerabilities"][0], cveID="CVE-2024-77777"))
    (mirror / KEV).write_text(json.dumps(kev))
    lines = gzip.decompress((mirror / EPSS).read_bytes()).decode() + "CVE-2024-77777,0.5,0.75\n"
    (mirror / EPSS).write_bytes(gzip.compress(lines.encode()))
    products = (mirror / EOL).read_text()
    (mirror / EOL).write_text(products.replace("2026-", "2027-"))
    fold(mirror, out)
    assert_as_whole(folder, mirror, out)


def test_records_of_zips_that_changed(folder):
    mirror, out = start(folder)
    def newer(record):
        record["modified"] = "2026-11-20T00:00:00Z"
        record["summary"] = "Said otherwise."
        return record
    def said(record):
        record["cveMetadata"]["dateUpdated"] = "2026-11-20T00:00:00.000Z"
        for text in record.get("containers", {}).get("cna", {}).get("descriptions", []):
            text["value"] = "The finder says so."
        return record
    edit_zip(mirror / DEBIAN, edit_json("", newer))
    edit_zip(mirror / LIST, edit_json("CVE-2024-0", said))
    fold(mirror, out)
    assert_as_whole(folder, mirror, out)


def test_records_of_zips_that_went(folder):
    for name in (DEBIAN, LIST):
        place = folder / pathlib.Path(name).parts[1]
        place.mkdir()
        mirror, out = start(place)
        names = [info for info in zipfile.ZipFile(mirror / name).namelist() if info.endswith(".json")]
        edit_zip(mirror / name, lambda member, text, gone=names[0]: None if member == gone else text)
        fold(mirror, out)
        assert_as_whole(place, mirror, out)


def test_overrides_that_come_and_go(folder):
    mirror, out = start(folder)
    name = zipfile.ZipFile(mirror / OVERRIDES).namelist()
    name = [member for member in name if member.endswith(".json")][0]
    text = zipfile.ZipFile(mirror / OVERRIDES).read(name)
    known = json.loads(text)["cve"].get("id") or pathlib.Path(name).stem
    other = [item["cve"]["id"] for item in records(mirror) if isinstance(item.get("cve"), dict)
             and item["cve"].get("configurations") and item["cve"].get("id") not in (None, known)][0]
    with zipfile.ZipFile(mirror / OVERRIDES, "a") as out_zip:
        out_zip.writestr(name.replace(pathlib.Path(name).stem, other),
                         text.decode().replace(known, other))
    fold(mirror, out)
    assert_as_whole(folder, mirror, out)
    # What NVD says of it is not in the old file any more.
    edit_zip(mirror / OVERRIDES, lambda member, data: None if other in member else data)
    fold(mirror, out, "--force", whole="what replaced a record of NVD is gone")
    assert_as_whole(folder, mirror, out)


def test_nothing_changed(folder):
    mirror, out = start(folder)
    before = out.read_bytes()[64:]
    fold(mirror, out)
    tap.equal(out.read_bytes()[64:], before)


def test_what_cannot_be_folded(folder):
    mirror, out = start(folder)
    whole = out.read_bytes()

    def damaged():
        out.write_bytes(whole[:len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) +
                        whole[len(whole) // 2 + 1:])
    def by_another():
        data = bytearray(whole)
        data[32:40] = bytes(8)
        out.write_bytes(data)
    for prepare, why in ((damaged, "section"), (by_another, "another program")):
        prepare()
        result = tap.assay("kb", "build", "--from", mirror, "--out", out)
        tap.contains(result.err, "everything is read: ")
        tap.contains(result.err, why)
        tap.equal(out.read_bytes()[64:], whole[64:])
    # Cut short, or of another version: none that could be read.
    for data in (whole[:1000], whole[:8] + b"\x02" + whole[9:]):
        out.write_bytes(data)
        assert "changed" not in tap.assay("kb", "build", "--from", mirror, "--out", out).err
        tap.equal(out.read_bytes()[64:], whole[64:])


def test_a_file_or_record_that_is_gone(folder):
    mirror, out = start(folder)
    write_records(mirror / PAGE, changed(records(mirror)))
    fold(mirror, out)
    (mirror / PAGE).unlink()
    fold(mirror, out, whole="a file that it was built from is gone")
    assert_as_whole(folder, mirror, out)
    items = records(mirror)
    write_records(mirror / NVD, [item for item in items if item != items[0]])
    fold(mirror, out, whole="a record is gone")
    assert_as_whole(folder, mirror, out)


def test_other_feeds(folder):
    mirror, out = start(folder)
    fold(mirror, out, "--only", "kev", whole="a file that it was built from is gone")
    tap.equal(len(tap.assay("kb", "status", out, "--format", "json").json()["feeds"]), 1)


def test_full_reads_everything(folder):
    mirror, out = start(folder)
    result = tap.assay("kb", "build", "--from", mirror, "--out", out, "--full")
    assert "changed" not in result.err and "everything is read" not in result.err


def test_a_page_that_is_cut_leaves_the_file_alone(folder):
    mirror, out = start(folder)
    before = out.read_bytes()
    write_records(mirror / PAGE, changed(records(mirror)))
    page = mirror / PAGE
    for data in (page.read_bytes()[:-20], b"", b"<html>busy</html>",
                 gzip.compress(gzip.decompress(page.read_bytes())[:-30])):
        page.write_bytes(data)
        result = tap.assay("kb", "build", "--from", mirror, "--out", out, status=4)
        tap.contains(result.err, "changes-1.json.gz")
        tap.equal(out.read_bytes(), before)
    tap.equal(sorted(path.name for path in folder.iterdir()), ["knowledge.assay", "mirror"])


def test_a_builder_that_is_killed_leaves_the_file_alone(folder):
    mirror, out = start(folder)
    before = out.read_bytes()
    write_records(mirror / PAGE, changed(records(mirror)))
    builder = tap.ASSAY.parent.parent / "roles/builder"
    for wait in (0, 0.005, 0.01, 0.02, 0.03, 0.05):
        process = subprocess.Popen([str(builder), "--from", str(mirror), "--out", str(out), "--old",
                                    str(out)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if out.read_bytes() != before:
            break  # it was done before
        tap.contains(tap.assay("kb", "verify", out).out, "whole")
    assert_as_whole(folder, mirror, out) if out.read_bytes() != before else None


def test_update_folds(folder):
    mirror, _ = start(folder)
    env = {"ASSAY_STATE": str(folder / "state"), "XDG_STATE_HOME": str(folder / "state"),
           "HOME": str(folder)}
    out = folder / "updated.assay"
    words = ("kb", "update", "--from", mirror, "--knowledge", out)
    tap.assay(*words, env=env, status=None)
    write_records(mirror / NVD, records(mirror)[:-1] + changed(records(mirror))[:1])
    kev = json.loads((mirror / KEV).read_text())
    kev["vulnerabilities"].append(dict(kev["vulnerabilities"][0], cveID="CVE-2024-77777"))
    (mirror / KEV).write_text(json.dumps(kev))
    result = tap.assay(*words, env=env, status=None)
    tap.contains(result.err, "changed")
    tap.contains(tap.assay("kb", "show", "CVE-2024-77777", "--knowledge", out, status=None).out +
                 tap.assay("kb", "verify", out).out, "whole")


def test_a_day_of_the_real_mirror(folder):
    mirror = tap.shared("mirror")
    sys.path.insert(0, str(tap.ROOT / "bench"))
    import make_changes
    day, out = folder / "day", folder / "knowledge.assay"
    make_changes.make(mirror, day, 1000)
    tap.assay("kb", "build", "--from", mirror, "--out", out)
    fold(day, out)
    assert_as_whole(folder, day, out)


tap.main(globals())
