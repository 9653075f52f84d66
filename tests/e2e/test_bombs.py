"""Feeds that unpack to far more than a feed has: refused, named, and at what cost in memory."""
import gzip
import io
import os
import shutil
import struct
import subprocess
import zipfile
import zlib

import tap

MIRROR = tap.FIXTURES / "feeds"
NVD = "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz"
EPSS = "epss.empiricalsecurity.com/epss_scores-current.csv.gz"
MICROSOFT = "raw.githubusercontent.com/bitsadmin/wesng/master/definitions.zip"
OSV = "storage.googleapis.com/osv-vulnerabilities/Debian/all.zip"
KEV = "www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
MIB = 1 << 20
# The ceilings of base/limits.h, and what the program itself takes.
YEAR, OTHER, OWN = 512, 64, 64


def pack(chunk, times, told=None):
    """A gzip of chunk, so many times; told is what its trailer says of its size."""
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    parts = [gzip.compress(b"")[:10]]
    crc = 0
    for _ in range(times):
        parts.append(deflate.compress(chunk))
        crc = zlib.crc32(chunk, crc)
    parts.append(deflate.flush())
    size = len(chunk) * times if told is None else told
    return b"".join(parts) + struct.pack("<II", crc, size & 0xFFFFFFFF)


def build(folder, name, data, status=4, feed=None):
    """What the build of a mirror whose one file is replaced says, and its most memory in MiB."""
    mirror = folder / "mirror"
    shutil.rmtree(mirror, ignore_errors=True)
    (mirror / KEV).parent.mkdir(parents=True)
    shutil.copy(MIRROR / KEV, mirror / KEV)
    (mirror / name).parent.mkdir(parents=True, exist_ok=True)
    (mirror / name).write_bytes(data)
    words = [str(tap.ASSAY), "kb", "build", "--from", str(mirror), "--out", str(folder / "k.assay"),
             "--only", feed or "nvd"]
    # Memory that is only set aside counts when malloc is told to fill it.
    plain = {name: value for name, value in os.environ.items() if name != "MALLOC_PERTURB_"}
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=plain) as child:
        said = child.stderr.read().decode()
        _, code, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(code)
    tap.equal(child.returncode, status, said)
    assert not (folder / "k.assay").exists()
    return said, usage.ru_maxrss / 1024


def check(folder, name, data, said, most, feed=None):
    message, memory = build(folder, name, data, feed=feed)
    print(f"# {name.rsplit('/', 1)[1]}: {memory:.0f} MiB: {message.strip().splitlines()[0]}")
    tap.contains(message, said)
    assert memory < most or os.environ.get("ASSAY_SANITIZED"), f"{memory} MiB"


def test_what_unpacks_to_more_than_its_feed_has(folder):
    """Nothing is unpacked that is told, or found, to be too much."""
    zeros = pack(bytes(MIB), 1200)
    check(folder, NVD, zeros, "unpacks to more than 250 times its size", OWN + OTHER)
    check(folder, EPSS, zeros, "unpacks to more than 67108864 bytes", OWN + OTHER, feed="epss")


def test_a_trailer_that_lies(folder):
    zeros = pack(bytes(MIB), 200)
    for told in (1, 1000, 60 * MIB):
        check(folder, EPSS, zeros[:-4] + struct.pack("<I", told), "unpacks to more than 67108864 bytes",
              OWN + OTHER, feed="epss")


def test_many_members_that_are_each_small(folder):
    check(folder, EPSS, pack(bytes(16 * MIB), 1) * 5, "unpacks to more than 67108864 bytes",
          OWN + OTHER, feed="epss")


def test_what_is_packed_no_better_than_a_feed(folder):
    """Its trailer tells just what is allowed, of more: no more than that is unpacked."""
    noise = os.urandom(MIB // 64)
    chunk = noise + b" " * (MIB - len(noise))
    check(folder, NVD, pack(chunk, YEAR + 100, YEAR * MIB - 1),
          f"unpacks to more than {YEAR * MIB} bytes", OWN + YEAR)


def test_json_of_nothing_but_values(folder):
    """What is read from it would cost many times what it unpacks to."""
    noise = "".join(f"{byte % 10}," for byte in os.urandom(MIB // 16)).encode()
    chunk = noise + b"[]," * ((MIB - len(noise)) // 3)
    data = pack(b"[" + chunk, 1) + pack(chunk, 300)
    check(folder, NVD, data, "too many values to be read as JSON", OWN + 2 * 320)


def zip_of(members):
    text = io.BytesIO()
    with zipfile.ZipFile(text, "w", zipfile.ZIP_DEFLATED) as out:
        for name, size in members:
            with out.open(name, "w", force_zip64=True) as member:
                for _ in range(size):
                    member.write(bytes(MIB))
    return text.getvalue()


def test_members_of_zips(folder):
    check(folder, MICROSOFT, zip_of([("a.csv", 600)]), "larger than 536870912 bytes", OWN,
          feed="microsoft")
    check(folder, MICROSOFT, zip_of([("a.csv", 300)]), "250 times", OWN,
          feed="microsoft")
    check(folder, OSV, zip_of([(f"A-{i}.json", 60) for i in range(3)]),
          "unpacks to more than 250 times its size", OWN + OTHER, feed="osv")


def test_a_member_that_states_less_than_it_has(folder):
    data = zip_of([("A-1.json", 600)])
    stated = struct.pack("<I", 600 * MIB)
    assert data.count(stated) >= 1
    data = data.replace(stated, struct.pack("<I", 1000))
    check(folder, OSV, data, "its data are damaged", OWN + OTHER, feed="osv")


def test_what_feeds_have_fits(folder):
    """Every file of the real feeds has four times its size to grow to its ceiling."""
    mirror = tap.shared("mirror")
    for path in mirror.rglob("*"):
        if path.name.endswith(".gz"):
            with gzip.open(path) as stream:
                size = sum(len(part) for part in iter(lambda s=stream: s.read(MIB), b""))
            most = (YEAR if "nvdcve" in path.name else OTHER) * MIB
            assert size * 4 <= most, f"{path.name}: {size}"
            assert size <= 60 * path.stat().st_size, f"{path.name}: ratio"
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as packed:
                infos = [info for info in packed.infolist() if not info.is_dir()]
            most = (512 if path.name == "definitions.zip" else OTHER) * MIB
            largest = max(info.file_size for info in infos)
            assert largest * 3 <= most, f"{path.name}: {largest}"
            assert sum(info.file_size for info in infos) <= 60 * path.stat().st_size, path.name
        elif path.suffix == ".json":
            assert path.stat().st_size * 4 <= OTHER * MIB, path.name


if __name__ == "__main__":
    tap.main(globals())
