"""kb update and kb mirror: from a folder, from a web server on the loopback interface, offline."""
import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import zipfile

import tap
from web import answer, send, serve, serve_folder

MIRROR = tap.FIXTURES / "feeds"
OSV = "storage.googleapis.com/osv-vulnerabilities"
NVD = "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz"
EPSS = "epss.empiricalsecurity.com/epss_scores-current.csv.gz"
KEV = "www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
FILES = sum(path.is_file() for path in MIRROR.rglob("*"))
DIRECT = {"no_proxy": "127.0.0.1"}


def copy_mirror(folder):
    copy = folder / "source"
    shutil.copytree(MIRROR, copy)
    return copy


def update(*words, status=0):
    return tap.assay("kb", "update", *words, status=status, env=DIRECT)


def standing(folder):
    return folder / "state/knowledge.assay"


def feeds():
    return {feed["name"]: feed for feed in
            tap.assay("kb", "status", "--format", "json").json()["feeds"]}


def files_below(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def change(path, function, hours=0):
    """Rewrites a file of a mirror, JSON or text, perhaps packed, as if it were of another time."""
    packed = path.name.endswith(".gz")
    raw = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
    if ".json" in path.name:
        document = json.loads(raw)
        function(document)
        raw = json.dumps(document).encode()
    else:
        raw = function(raw.decode()).encode()
    path.write_bytes(gzip.compress(raw) if packed else raw)
    when = time.time() + hours * 3600
    os.utime(path, (when, when))


def test_brings_up_to_date_from_a_folder(folder):
    first = update("--from", MIRROR)
    tap.equal(first.out, "", "results are for standard output")
    tap.contains(first.err, "files new")
    tap.contains(tap.assay("kb", "verify").out, "whole")
    before = standing(folder).stat()
    started = time.monotonic()
    tap.contains(update("--from", MIRROR).err, "nothing has changed")
    assert time.monotonic() - started < 5
    assert standing(folder).stat().st_ino == before.st_ino
    source = copy_mirror(folder)
    change(source / KEV, lambda kev: kev["vulnerabilities"][0].update(requiredAction="Wait."))
    tap.contains(update("--from", source).err, "1 file new")
    assert standing(folder).stat().st_ino != before.st_ino
    assert b"Wait." in (folder / "state/mirror" / KEV).read_bytes()
    tap.equal([name for name in files_below(folder / "state") if ".new" in name], [], "left over")


def test_old_data_of_a_source_is_no_reason_to_update_again(folder):
    old = "older than 30 days: NVD ("
    result = update("--from", MIRROR)
    tap.contains(result.err, old)
    tap.contains(result.err, " days); its source has nothing newer")
    assert "run `assay kb update`" not in result.err
    tap.contains(update("--offline").err, "without --offline")
    tap.contains(tap.assay("kb", "status").err, "run `assay kb update`")
    source = copy_mirror(folder)
    (source / KEV).write_text("<html>")
    result = update("--from", source, status=3)
    tap.contains(result.err, " days); nothing newer could be fetched and read")


def test_a_mirror_with_files_missing_is_used_for_what_it_has(folder):
    update("--from", MIRROR)
    before = feeds()
    source = folder / "some"
    (source / KEV).parent.mkdir(parents=True)
    shutil.copy(MIRROR / KEV, source / KEV)
    change(source / KEV, lambda kev: kev["vulnerabilities"].append(
        {**kev["vulnerabilities"][0], "cveID": "CVE-2024-90009"}))
    update("--from", source)
    after = feeds()
    tap.equal(after["kev"]["records"], before["kev"]["records"] + 1)
    tap.equal(after["nvd"]["records"], before["nvd"]["records"])
    # A first time without some feeds is done in part.
    os.environ["ASSAY_STATE"] = str(folder / "state2")
    result = update("--from", source, status=3)
    tap.contains(result.err, "built without it")
    tap.equal([feed for feed, facts in feeds().items() if facts["present"]], ["kev"])


def test_a_feed_that_shrinks_is_refused(folder):
    source = copy_mirror(folder)
    change(source / KEV, lambda kev: kev["vulnerabilities"].extend(
        {**kev["vulnerabilities"][0], "cveID": f"CVE-2024-{91000 + i}"} for i in range(10)))
    update("--from", source)
    before, records = standing(folder).read_bytes(), feeds()["kev"]["records"]
    keep = records - records // 3
    change(source / KEV, lambda kev: kev.update(vulnerabilities=kev["vulnerabilities"][-keep:]), 1)
    update("--from", source)
    change(source / KEV, lambda kev: kev.update(vulnerabilities=kev["vulnerabilities"][-3:]), 2)
    change(source / EPSS, lambda text: text + "CVE-2024-90004,0.5,0.5\n", 2)
    for _ in range(2):
        result = update("--from", source, status=3)
        tap.contains(result.err, f"KEV: has only 3 records, where the standing file has {keep}")
        tap.contains(result.err, "--force")
        tap.contains(result.err, "KEV: refused, kept data of 2024-")
        assert "left as it was" not in result.err
        kev = feeds()["kev"]
        tap.equal((kev["records"], kev["state"]), (keep, "refused"))
        tap.contains(kev["problem"], f"refused: has only 3 records, where the standing file has {keep}"
                     "; kept data of 2024-")
        assert "--force" not in kev["problem"]
    tap.equal(feeds()["epss"]["records"], 3, "what is new is used")
    tap.contains(tap.assay("kb", "status").out, "KEV refused: has only 3 records")
    tap.equal([name for name, feed in feeds().items() if feed["state"] != "whole"], ["kev"])
    update("--from", source, "--force")
    tap.equal((feeds()["kev"]["records"], feeds()["kev"]["state"]), (3, "whole"))


def write_advisories(path, count):
    """A distribution's zip with so many advisories of one package."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for i in range(count):
            out.writestr(f"DEBIAN-CVE-2024-{60000 + i}.json", json.dumps({
                "id": f"DEBIAN-CVE-2024-{60000 + i}", "modified": "2024-06-01T00:00:00Z",
                "upstream": [f"CVE-2024-{60000 + i}"], "affected": [{
                    "package": {"ecosystem": "Debian:12", "name": "example"}, "ranges": [{
                        "type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": f"1.{i}"}]}]}]}))


def test_a_distribution_that_shrinks_is_refused(folder):
    """Also when its feed has many others, so that the feed as a whole has hardly lost."""
    source = copy_mirror(folder)
    zips = [source / OSV / name / "all.zip" for name in ("Debian", "Ubuntu")]
    for path in zips:
        path.parent.mkdir(parents=True, exist_ok=True)
    write_advisories(zips[0], 120)
    write_advisories(zips[1], 1000)
    update("--from", source)
    records = feeds()["osv"]["records"]
    write_advisories(zips[0], 90)
    update("--from", source)
    tap.equal(feeds()["osv"]["records"], records - 30)
    write_advisories(zips[0], 120)
    update("--from", source)
    write_advisories(zips[0], 70)
    result = update("--from", source, status=3)
    tap.contains(result.err, "Debian/all.zip has only 70 records, where the standing file has 120 of it")
    tap.equal(feeds()["osv"]["state"], "refused")
    update("--from", source, "--force")
    tap.equal(feeds()["osv"]["state"], "whole")


def ways(folder, name):
    """The commands that bring knowledge of a mirror up to date, each with its own state: by folding
    changes in and by reading everything, from a folder and from a server, update and build."""
    source = copy_mirror(folder / name)
    own = folder / name / "k.assay"
    with serve_folder(source) as url:
        for words in (["update", "--from", source], ["update", "--from", url],
                      ["build", "--from", source], ["build", "--full", "--from", source],
                      ["build", "--from", url], ["build", "--from", source, "--out", own]):
            os.environ["ASSAY_STATE"] = str(folder / name / f"state{len(words)}{words[0]}")
            shutil.rmtree(os.environ["ASSAY_STATE"], ignore_errors=True)
            shutil.rmtree(source)
            shutil.copytree(MIRROR, source)
            yield source, words, own if own in words else pathlib.Path(os.environ["ASSAY_STATE"]) / "knowledge.assay"


def kb(words, *more, status=0):
    return tap.assay("kb", *words, *more, status=status, env=DIRECT)


def age_of(way):
    """So that a server is asked again."""
    state = pathlib.Path(os.environ["ASSAY_STATE"]) / "mirror/fetched.tsv"
    if way[0] == "update" and state.exists():
        state.unlink()


def records_of(path):
    return {feed["name"]: feed["records"] for feed in
            tap.assay("kb", "status", path, "--format", "json").json()["feeds"]}


def check_refused(words, path, source, feed, said, broken, whole):
    """That a broken feed changes nothing of what is known, however it comes; --force takes it."""
    kb(words)
    before = records_of(path)
    assert before[feed] > 0
    broken(source)
    age_of(words)
    result = kb(words, status=3 if words[0] == "update" else 4)
    tap.contains(result.err, said)
    tap.contains(result.err, "use --force if that is right")
    tap.equal(records_of(path)[feed], before[feed], " ".join(map(str, words)))
    age_of(words)
    kb(words, "--force")
    tap.equal(records_of(path)[feed], whole, " ".join(map(str, words)))


def test_every_way_refuses_a_feed_that_shrinks(folder):
    def grow(source):
        change(source / KEV, lambda kev: kev["vulnerabilities"].extend(
            {**kev["vulnerabilities"][0], "cveID": f"CVE-2024-{91000 + i}"} for i in range(10)))

    def shrink(source):
        change(source / KEV, lambda kev: kev.update(vulnerabilities=kev["vulnerabilities"][-3:]), 1)
    for source, words, path in ways(folder, "shrink"):
        grow(source)
        check_refused(words, path, source, "kev", "KEV: has only 3 records", shrink, 3)


def test_every_way_refuses_a_feed_that_goes_back_in_time(folder):
    def age(source):
        change(source / KEV, lambda kev: kev.update(dateReleased="2020-01-01T00:00:00.000Z"), 1)
        change(source / KEV, lambda kev: [entry.update(dateAdded="2020-01-01")
                                          for entry in kev["vulnerabilities"]], 1)
    for source, words, path in ways(folder, "back"):
        check_refused(words, path, source, "kev", "KEV: its newest record is of 2020-01-01", age, 2)


def test_a_build_of_fewer_files_is_used_for_what_it_has(folder):
    """What is missing is named; what is there is compared with what was known of it."""
    source = copy_mirror(folder)
    extra = source / NVD.replace("2024", "2023")
    shutil.copy(source / NVD, extra)
    change(extra, lambda nvd: nvd.update(vulnerabilities=[
        {"cve": {**nvd["vulnerabilities"][0]["cve"], "id": f"CVE-2023-{5000 + i}"}} for i in range(300)]))
    (folder / "state").mkdir()
    kb(["build", "--from", source])
    extra.unlink()
    (source / KEV).unlink()
    result = kb(["build", "--from", source], status=3)
    tap.contains(result.err, "KEV: no file ")
    assert "use --force" not in result.err
    tap.equal((feeds()["nvd"]["records"] < 200, feeds()["kev"]["present"]), (True, False))
    change(source / NVD, lambda nvd: nvd.update(vulnerabilities=nvd["vulnerabilities"][:2]), 1)
    result = kb(["build", "--from", source], status=4)
    tap.contains(result.err, "NVD: has only ")


def test_a_feed_that_goes_back_in_time_is_refused(folder):
    source = copy_mirror(folder)
    update("--from", source)
    change(source / KEV, lambda kev: kev.update(dateReleased="2020-01-01T00:00:00.000Z"), 1)
    change(source / KEV, lambda kev: [entry.update(dateAdded="2020-01-01")
                                      for entry in kev["vulnerabilities"]], 1)
    result = update("--from", source, status=3)
    tap.contains(result.err, "KEV: its newest record is of 2020-01-01")
    tap.equal(feeds()["kev"]["newest"][:4], "2024")


def cves():
    return tap.assay("kb", "status", "--format", "json").json()["cves"]


def test_a_broken_download_does_not_hold_back_the_others(folder):
    source = copy_mirror(folder)
    update("--from", source)
    before, number = feeds(), cves()
    whole = (source / NVD).read_bytes()
    (source / NVD).write_bytes(whole[:-40])
    debian = source / "storage.googleapis.com/osv-vulnerabilities/Debian/all.zip"
    debian.write_bytes(b"PK no zip")
    change(source / KEV, lambda kev: kev["vulnerabilities"].append(
        {**kev["vulnerabilities"][0], "cveID": "CVE-2024-90009"}))
    result = update("--from", source, status=3)
    tap.contains(result.err, "nvdcve-2.0-2024.json.gz")
    tap.contains(result.err, "NVD: refused, kept data of ")
    tap.contains(result.err, "OSV (Linux distributions): refused, kept data of ")
    after = feeds()
    tap.equal(after["kev"]["records"], before["kev"]["records"] + 1, "what is new is used")
    for name in ("nvd", "osv"):
        tap.equal(after[name]["records"], before[name]["records"])
        tap.equal(after[name]["state"], "refused")
    tap.contains(after["osv"]["problem"], "Debian/all.zip")
    tap.equal(cves(), number)
    tap.contains(tap.assay("kb", "verify").out, "whole")
    # What was refused is asked for again until it is good.
    (source / NVD).write_bytes(whole)
    shutil.copy(MIRROR / debian.relative_to(source), debian)
    update("--from", source)
    tap.equal({feed["state"] for feed in feeds().values()}, {"whole"})
    assert (folder / "state/mirror" / NVD).read_bytes() == whole


def test_a_file_that_never_was_good_is_left_out(folder):
    source = copy_mirror(folder)
    update("--from", source)
    extra = source / NVD.replace("2024", "2023")
    extra.write_bytes(gzip.compress(b"{"))
    result = update("--from", source, status=3)
    tap.contains(result.err, "NVD: refused, left out")
    tap.contains(feeds()["nvd"]["problem"], "nvdcve-2.0-2023.json.gz")
    # The first time of all.
    os.environ["ASSAY_STATE"] = str(folder / "state2")
    (source / KEV).write_text("{")
    update("--from", source, status=3)
    tap.equal((feeds()["kev"]["present"], feeds()["kev"]["state"]), (False, "refused"))
    tap.equal(feeds()["epss"]["state"], "whole")


def test_a_feed_that_would_be_lost_holds_the_file_back(folder):
    source = copy_mirror(folder)
    (folder / "state").mkdir()
    tap.assay("kb", "build", "--from", source)
    before = standing(folder).read_bytes()
    (source / KEV).write_text("{")
    result = update("--from", source, status=4)
    tap.contains(result.err, "left as it was, because a feed could not be used")
    assert standing(folder).read_bytes() == before


def test_from_a_server_only_what_is_due_is_asked_for(folder):
    source = copy_mirror(folder)
    with serve_folder(source) as url:
        update("--from", url)
        tap.contains(update("--from", url).err, f"{FILES} files not due")
        # As if the last time had been five days ago: feeds with a weekly cadence are not due.
        note = folder / "state/mirror/fetched.tsv"
        note.write_text(re.sub(r"^([^\t]+\t)(\d+)", lambda match: match[1] + str(
            int(match[2]) - 5 * 86400), note.read_text(), flags=re.M))
        weekly = sum(facts["files"] for facts in feeds().values() if facts["cadence_days"] == 7)
        tap.contains(update("--from", url).err, f"{FILES - weekly} files unchanged, {weekly} not")
        tap.contains(update("--from", url, "--only", "kev", "--force").err, "1 file new")
    result = update("--from", url, "--force", "--timeout", "1", status=4)
    tap.contains(result.err, "nothing could be fetched")
    tap.contains(result.err, "left as it was")
    named = [line for line in result.err.splitlines() if line.startswith("assay: NVD: ")]
    tap.equal(len(named), 1, "a line a feed, not a file")
    tap.contains(named[0], "not tried")


def test_what_fails_is_named_and_the_rest_is_used(folder):
    def some(handler):
        path = MIRROR / handler.path.lstrip("/")
        if handler.path.endswith("all.zip"):
            return send(handler, 200, b"<html>please log in</html>")
        return send(handler, 200, path.read_bytes()) if path.exists() else send(handler, 404)

    with serve(answer(some)) as url:
        result = update("--from", url, status=3)
    tap.contains(result.err, "Debian/all.zip: what came is not a zip")
    tap.equal([feed for feed, facts in feeds().items() if not facts["present"]], ["osv"])


def without_network(*words):
    """Runs assay in a network namespace without a single route, loopback down too."""
    probe = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False)
    if probe.returncode != 0:
        tap.skip("network namespaces are not permitted here")
    return subprocess.run(["unshare", "-rn", str(tap.ASSAY), *map(str, words)],
                          capture_output=True, text=True, timeout=120, check=False)


def test_offline_makes_no_connection(folder):
    tap.equal(without_network("kb", "update").returncode, 4, "the live hosts are out of reach")
    with serve_folder(MIRROR) as url:
        update("--from", url)
    standing(folder).unlink()
    done = without_network("kb", "update", "--offline")
    tap.equal(done.returncode, 0, done.stderr)
    tap.contains(tap.assay("kb", "verify").out, "whole")
    tap.contains(without_network("kb", "update", "--offline").stderr, "nothing has changed")
    done = without_network("kb", "update", "--offline", "--from", MIRROR)
    tap.equal(done.returncode, 0, done.stderr)
    # That it does not even try: no socket but Unix ones is made by any of its processes.
    if shutil.which("strace"):
        trace = folder / "trace"
        subprocess.run(["strace", "-f", "-o", trace, "-e", "trace=socket,connect", str(tap.ASSAY),
                        "kb", "update", "--offline", "--force"], capture_output=True, check=True,
                       # The leak sanitizer cannot look at a process that is traced.
                       env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        assert "AF_INET" not in trace.read_text(), trace.read_text()


def test_overrides_of_a_folder_are_copied_unpacked(folder):
    source, overrides = copy_mirror(folder), "github.com/anchore/nvd-data-overrides"
    packed = source / overrides / "archive/refs/heads/main.zip"
    update("--from", source)
    shown = tap.assay("kb", "show", "CVE-2024-90006").out
    with zipfile.ZipFile(packed) as archive:
        text = archive.read("nvd-data-overrides-main/data/2024/CVE-2024-90006.json")
    packed.unlink()
    records = source / overrides / "data/2024"
    records.mkdir(parents=True)
    (records / "CVE-2024-90006.json").write_bytes(text)
    (records / "CVE-2024-90007.json").write_bytes(text.replace(b"90006", b"90007"))
    (records / "notes.txt").write_text("no record")
    tap.contains(update("--from", f"{source}/").err, "2 files new")
    tap.equal(tap.assay("kb", "show", "CVE-2024-90006").out, shown)
    tap.equal(feeds()["nvd-overrides"]["files"], 2)
    tap.equal([name for name in files_below(folder / "state/mirror") if "anchore" in name],
              [f"{overrides}/data/2024/CVE-2024-9000{i}.json" for i in (6, 7)])
    tap.contains(update("--from", source).err, "nothing has changed")
    (records / "CVE-2024-90007.json").unlink()
    update("--from", source, "--force")
    tap.equal(feeds()["nvd-overrides"]["files"], 1)


def test_mirror_writes_a_copy(folder):
    copy = folder / "copy"
    with serve_folder(MIRROR) as url:
        result = tap.assay("kb", "mirror", copy, "--from", url, env=DIRECT)
        tap.contains(result.err, f"{FILES} files new")
        again = tap.assay("kb", "mirror", copy, "--from", url, env=DIRECT)
        tap.contains(again.err, f"{FILES} files unchanged")
    tap.equal([name for name in files_below(copy) if name != "fetched.tsv"], files_below(MIRROR))
    update("--from", copy)
    tap.equal(feeds()["nvd"]["present"], True)
    assert not (folder / "state/assay.conf").exists()
    tap.contains(tap.assay("kb", "mirror", status=2).err, "DIR")


def test_wrong_usage(folder):
    for words, reason in [(["--from", folder / "nowhere"], "no such folder"),
                          (["--from", __file__], "not a folder"),
                          (["--from", "ftp://example.org"], "not a http or https URL"),
                          (["--from", "https://"], "no host in it"),
                          (["--from", "https://user:secret@example.org/"], "seen by every account"),
                          (["--from", "http://127.0.0.1:1", "--offline"], "makes no connection"),
                          (["--from", MIRROR, "--only", "nvdx"], "no such feed"),
                          (["--from", MIRROR, "--timeout", "x"], "not seconds"),
                          (["--from", MIRROR, "--timeout", "0"], "not seconds"),
                          (["extra"], "extra")]:
        result = update(*words, status=2)
        tap.contains(result.err, reason)
        assert "fetcher" not in result.err and "secret" not in result.err, result.err
    tap.contains(update("--offline", status=4).err, "no feed that can be used")


def test_the_real_mirror(folder):
    source = tap.shared("mirror")
    update("--from", source)
    started = time.monotonic()
    tap.contains(update("--from", source).err, "nothing has changed")
    assert time.monotonic() - started < 5
    assert pathlib.Path(folder, "state/mirror", NVD.replace(".json.gz", ".meta")).exists()


tap.main(globals())
