"""kb build, status, show and verify: on the small mirror always, on the real one when it is there."""
import functools
import gzip
import http.server
import os
import pathlib
import shutil
import signal
import subprocess
import threading
import time
import zipfile

import tap

MIRROR = tap.FIXTURES / "feeds"
NVD = "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz"
OVERRIDES = "github.com/anchore/nvd-data-overrides"
KEV = "www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"


def build(folder, *words, source=MIRROR, status=0):
    out = folder / "knowledge.assay"
    result = tap.assay("kb", "build", "--from", source, "--out", out, *words, status=status)
    return out, result


def copy_mirror(folder):
    copy = folder / "mirror"
    shutil.copytree(MIRROR, copy)
    return copy


def test_build_of_all_feeds(folder):
    out, result = build(folder)
    tap.equal(result.out, "", "results are for standard output")
    tap.contains(result.err, "nvd")
    tap.contains(result.err, "records of 2 files")
    tap.contains(tap.assay("kb", "verify", out).out, "whole")
    tap.equal([path.name for path in folder.iterdir()], ["knowledge.assay"], "nothing beside it")


def test_mirror_of_links_is_read_from_inside_the_sandbox(folder):
    """Files and folders that are kept elsewhere, an output that is a link: the builder may use just these."""
    real = copy_mirror(folder)
    links = folder / "links"
    links.mkdir()
    for host in real.iterdir():
        (links / host.name).symlink_to(host)
    (folder / "apart").mkdir()
    moved = folder / "apart/kev.json"
    (real / KEV).rename(moved)
    (real / KEV).symlink_to(moved)
    (folder / "kept").mkdir()
    first, _ = build(folder / "kept")
    first.rename(folder / "kept/file.assay")
    (folder / "knowledge.assay").symlink_to(folder / "kept/file.assay")
    before = (folder / "kept/file.assay").stat().st_ino
    out, _ = build(folder, source=links)
    assert out.is_symlink() and (folder / "kept/file.assay").stat().st_ino != before
    tap.contains(tap.assay("kb", "verify", folder / "kept/file.assay").out, "whole")
    tap.contains(tap.assay("kb", "status", out).out, "KEV  ")


def test_same_feeds_same_bytes(folder):
    out, _ = build(folder)
    first = bytearray(out.read_bytes())
    build(folder)
    second = bytearray(out.read_bytes())
    # The date of building and the checksum of the header differ.
    first[24:32] = second[24:32] = bytes(8)
    first[56:64] = second[56:64] = bytes(8)
    assert first == second


def test_status_counts_and_names_what_was_left_out(folder):
    out, _ = build(folder)
    document = tap.assay("kb", "status", out, "--format", "json", "--as-of", "2024-05-01").json()
    feeds = {feed["name"]: feed for feed in document["feeds"]}
    tap.equal(sorted(feeds), ["cvelist", "endoflife", "epss", "kev", "microsoft", "nvd",
                              "nvd-overrides", "osv"])
    assert feeds["nvd"]["records"] > 5 and sum(feeds["nvd"]["skipped"].values()) > 0
    assert feeds["nvd"]["samples"]
    tap.contains(feeds["nvd"]["attribution"], "NVD")
    table = tap.assay("kb", "status", out, "--as-of", "2024-05-01")
    tap.contains(table.out, "not endorsed or certified by the NVD")
    tap.contains(table.out, "NVD left out")


def test_old_data_is_warned_about(folder):
    out, _ = build(folder)
    tap.contains(tap.assay("kb", "status", out, "--as-of", "2030-01-01").err, "older than 30 days: ")


def test_overrides_may_lie_unpacked(folder):
    mirror = copy_mirror(folder)
    packed = mirror / OVERRIDES / "archive/refs/heads/main.zip"
    zipped = build(folder, source=mirror)[0]
    shown = tap.assay("kb", "show", "CVE-2024-90006", "--knowledge", zipped).out
    with zipfile.ZipFile(packed) as archive:
        for name in archive.namelist():
            path = mirror / OVERRIDES / name.split("/", 1)[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(name))
    packed.unlink()
    (mirror / OVERRIDES / "data/2024/README.md").write_text("no record")
    out, _ = build(folder, source=mirror)
    tap.equal(tap.assay("kb", "show", "CVE-2024-90006", "--knowledge", out).out, shown)
    document = tap.assay("kb", "status", out, "--format", "json").json()
    feed, = [feed for feed in document["feeds"] if feed["name"] == "nvd-overrides"]
    tap.equal((feed["files"], feed["records"], feed["skipped"]), (1, 1, {}))
    # Without any it is another CVE.
    shutil.rmtree(mirror / OVERRIDES)
    out, _ = build(folder, source=mirror)
    assert tap.assay("kb", "show", "CVE-2024-90006", "--knowledge", out).out != shown
    # One of them that is broken is left out and named; a spoilt record is no reason for a refusal.
    broken = mirror / OVERRIDES / "data/2024/CVE-2024-90007.json"
    broken.parent.mkdir(parents=True)
    broken.write_text('{"cve":')
    (broken.parent / "CVE-2024-90008.json").write_text(
        '{"cve": {"id": "CVE-2024-90008", "configurations": []}}')
    out, _ = build(folder, source=mirror)
    document = tap.assay("kb", "status", out, "--format", "json").json()
    feed, = [feed for feed in document["feeds"] if feed["name"] == "nvd-overrides"]
    tap.equal((feed["records"], sum(feed["skipped"].values())), (1, 1))
    tap.contains(feed["samples"][0], "CVE-2024-90007")


def test_missing_feeds_are_named(folder):
    mirror = copy_mirror(folder)
    (mirror / KEV).unlink()
    out, result = build(folder, source=mirror, status=3)
    tap.contains(result.err, "known_exploited_vulnerabilities.json")
    document = tap.assay("kb", "status", out, "--format", "json").json()
    tap.equal([feed["name"] for feed in document["feeds"] if not feed["present"]], ["kev"])


def test_only_takes_one_feed(folder):
    out, _ = build(folder, "--only", "endoflife")
    document = tap.assay("kb", "status", out, "--format", "json").json()
    tap.equal([feed["name"] for feed in document["feeds"]], ["endoflife"])
    tap.equal(document["cves"], 0)
    tap.contains(build(folder, "--only", "nvd2", status=2)[1].err, "no such feed")


def test_wrong_usage_leaves_the_file_alone(folder):
    for words, reason in [(["--from", "ftp://example.org"], "not a http or https URL"),
                          (["--from", "http:///mirror"], "no host in it"),
                          (["--from", __file__], "not a folder"),
                          (["--from", "live", "--timeout", "x"], "not seconds")]:
        result = tap.assay("kb", "build", *words, "--out", folder / "out/x", status=2)
        tap.contains(result.err, reason)
        tap.equal(result.err.count("\n"), 1)
        assert not (folder / "out").exists()


def test_a_broken_feed_leaves_the_file_alone(folder):
    mirror = copy_mirror(folder)
    out, _ = build(folder, source=mirror)
    before = out.read_bytes()
    whole = (mirror / NVD).read_bytes()
    text = gzip.decompress(whole)
    faults = {
        "cut short": whole[:-40], "not gzip": b"<html>sorry</html>", "empty": b"",
        "not JSON": gzip.compress(text[:-200]), "other version": gzip.compress(
            text.replace(b'"version": "2.0"', b'"version": "3.0"').replace(
                b'"version":"2.0","timestamp"', b'"version":"3.0","timestamp"')),
        "deep": gzip.compress(b"[" * 10000 + b"]" * 10000),
    }
    for name, data in faults.items():
        if name == "other version" and gzip.decompress(data) == text:
            continue
        (mirror / NVD).write_bytes(data)
        result = build(folder, source=mirror, status=4)[1]
        tap.contains(result.err, "NVD: nvdcve-2.0-2024.json.gz")
        tap.contains(result.err, "left as it was")
        assert out.read_bytes() == before, name


def test_a_feed_without_records_is_broken(folder):
    mirror = copy_mirror(folder)
    out, _ = build(folder, source=mirror)
    before = out.read_bytes()
    (mirror / KEV).write_bytes(b'{"vulnerabilities": []}')
    result = build(folder, source=mirror, status=4)[1]
    tap.contains(result.err, "KEV: no record that can be used")
    assert out.read_bytes() == before


def test_a_broken_feed_without_a_file_before_is_done_in_part(folder):
    mirror = copy_mirror(folder)
    (mirror / NVD).write_bytes(b"nothing")
    out, result = build(folder, source=mirror, status=3)
    tap.contains(result.err, "nvdcve-2.0-2024.json.gz")
    feeds = {feed["name"]: feed for feed in
             tap.assay("kb", "status", out, "--format", "json").json()["feeds"]}
    tap.contains(feeds["nvd"]["problem"], "nvdcve-2.0-2024.json.gz")


def test_nothing_to_build_from(folder):
    (folder / "void").mkdir()
    out, result = build(folder, source=folder / "void", status=4)
    tap.contains(result.err, "no feed that can be used")
    assert not out.exists()
    tap.contains(build(folder, source=folder / "nowhere", status=2)[1].err, "no such folder")
    tap.contains(tap.assay("kb", "build", status=2).err, "--from")


def test_from_a_url(folder):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(MIRROR)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        out = folder / "knowledge.assay"
        # Of NVD's years the small mirror has two: done in part or whole, as the fetcher counts.
        result = tap.assay("kb", "build", "--from", f"http://127.0.0.1:{server.server_address[1]}",
                           "--only", "kev", "--out", out, env={"no_proxy": "127.0.0.1"})
        tap.contains(result.err, "fetch")
        tap.contains(tap.assay("kb", "verify", out).out, "whole")
    finally:
        server.shutdown()
        server.server_close()


def test_show_a_cve(folder):
    out, _ = build(folder)
    text = tap.assay("kb", "show", "CVE-2024-90001", "--knowledge", out).out
    tap.contains(text, "CVE-2024-90001   CRITICAL 9.8")
    tap.contains(text, ">= 3.0.0, < 3.0.14")
    document = tap.assay("kb", "show", "CVE-2024-90003", "--knowledge", out, "--format",
                         "json").json()
    configuration = document["configurations"][0]
    tap.equal(configuration["operator"], "AND")
    tap.equal(configuration["nodes"][1]["terms"][0]["vulnerable"], False)
    rejected = tap.assay("kb", "show", "CVE-2024-90005", "--knowledge", out).out
    tap.contains(rejected, "REJECTED")


def test_show_updates_of_microsoft(folder):
    """Also of a CVE that only Microsoft's updates speak of."""
    out, _ = build(folder)
    text = tap.assay("kb", "show", "CVE-2024-90021", "--knowledge", out).out
    tap.contains(text, "KB9000001  2024-01-09  Windows Server 2019, Windows Kernel  rated critical\n")
    assert "Published" not in text, text
    document = tap.assay("kb", "show", "CVE-2024-90020", "--knowledge", out, "--format", "json").json()
    tap.equal(document["updates"], [
        {"update": "KB9000002", "posted": "2024-02-13", "product": "Windows Server 2019", "component": "Windows Kernel",
         "rating": "important"}])
    tap.equal(tap.assay("kb", "show", "CVE-2024-90001", "--knowledge", out, "--format", "json").json()["updates"], [])


def test_show_a_product(folder):
    out, _ = build(folder)
    text = tap.assay("kb", "show", "openssl:openssl", "--knowledge", out).out
    tap.contains(text, "openssl:openssl")
    assert tap.assay("kb", "show", "openssl", "--knowledge", out, "--format", "json").json()["products"]
    for word in ["CVE-2024-99999", "no:such", "nothing"]:
        tap.contains(tap.assay("kb", "show", word, "--knowledge", out, status=4).err, word)


def test_without_a_file(folder):
    for words in (["kb", "status"], ["kb", "verify"], ["kb", "show", "CVE-2024-0001"]):
        tap.contains(tap.assay(*words, status=4).err, "assay kb build")


def test_damaged_files_are_refused(folder):
    out, _ = build(folder)
    whole = out.read_bytes()
    bad = folder / "bad.assay"
    for data, word in [(whole[:-1], "cut short"), (whole[:20], "not a knowledge file"), (b"", "not"),
                       (whole[:8] + b"\x63" + whole[9:], "format version")]:
        bad.write_bytes(data)
        tap.contains(tap.assay("kb", "status", bad, status=4).err, word)
    for position in range(64, len(whole), len(whole) // 50):
        altered = bytearray(whole)
        altered[position] ^= 0x40
        bad.write_bytes(altered)
        tap.assay("kb", "verify", bad, status=4)


def test_interrupted_leaves_nothing(folder):
    mirror = tap.shared("mirror")
    out = folder / "knowledge.assay"
    process = subprocess.Popen([str(tap.ASSAY), "kb", "build", "--from", str(mirror), "--out",
                                str(out)], stderr=subprocess.PIPE, env=os.environ)
    time.sleep(0.7)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    assert process.returncode != 0, process.returncode
    tap.equal(list(folder.iterdir()), [], "nothing half-written")


def test_the_real_mirror(folder):
    out, result = build(folder, source=tap.shared("mirror"))
    assert out.stat().st_size <= 120_000_000
    tap.contains(tap.assay("kb", "verify", out).out, "210889 CVEs")
    document = tap.assay("kb", "show", "CVE-2021-23017", "--knowledge", out, "--format",
                         "json").json()
    tap.equal(document["score"], 9.8)
    assert any(place["ecosystem"] == "Debian:10" and place["package"] == "nginx"
               for place in document["advisories"])
    tap.equal(document["configurations"][0]["nodes"][0]["terms"][0]["end_excluding"], "1.20.1")


tap.main(globals())
