"""Two commands at once, one that is killed, a disk that is full: the knowledge stays whole."""
import fcntl
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import time

import tap

MIRROR = tap.FIXTURES / "feeds"
NVD = "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz"
DIRECT = {"no_proxy": "127.0.0.1"}
WORDS = ("kb", "update", "--from")
ENDINGS = ("state/knowledge.assay", "state/knowledge.assay.inputs", "state/mirror", "state/mirror.previous")


def large_mirror(folder, count=20000, marker="a", name="source"):
    """The fixtures, with a year of NVD that takes a moment to read."""
    mirror = folder / name
    if not mirror.exists():
        shutil.copytree(MIRROR, mirror)
    feed = json.loads(gzip.decompress((MIRROR / NVD).read_bytes()))
    like = feed["vulnerabilities"][0]
    for i in range(count):
        feed["vulnerabilities"].append({"cve": {
            **like["cve"], "id": f"CVE-2024-{200000 + i}",
            "descriptions": [{"lang": "en", "value": f"{marker} {random.random()}"}]}})
    (mirror / NVD).write_bytes(gzip.compress(json.dumps(feed).encode(), 1))
    return mirror


def start(*words):
    return subprocess.Popen([str(tap.ASSAY), *map(str, words)], stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, env={**os.environ, **DIRECT})


def records():
    feeds = tap.assay("kb", "status", "--format", "json").json()["feeds"]
    return {feed["name"]: feed["records"] for feed in feeds}


def check_whole(folder):
    """What stands is whole, and nothing else stands beside it."""
    tap.assay("kb", "verify")
    left = sorted(path.name for path in (folder / "state").iterdir())
    tap.equal(left, sorted(name.split("/")[1] for name in ENDINGS))
    odd = [path.name for path in (folder / "state").rglob("*")
           if path.is_file() and path.suffix not in (".assay", ".inputs", ".gz", ".json", ".zip", ".meta", ".tsv")
           and path.name != ".fetched"]
    tap.equal(odd, [])


def test_several_updates_at_once(folder):
    source = large_mirror(folder)
    running = [start(*WORDS, source) for _ in range(4)]
    said = [child.communicate(timeout=200)[1].decode() for child in running]
    tap.equal([child.returncode for child in running], [0] * 4, said)
    tap.equal(records()["nvd"] > 20000, True)
    check_whole(folder)


def test_builds_and_updates_at_once(folder):
    source = large_mirror(folder)
    tap.assay(*WORDS, source)
    large_mirror(folder, marker="b")
    running = [start("kb", "build", "--from", source), start(*WORDS, source),
               start("kb", "build", "--full", "--from", source), start(*WORDS, source, "--force")]
    said = [child.communicate(timeout=200)[1].decode() for child in running]
    tap.equal([child.returncode for child in running], [0] * 4, said)
    tap.equal(records()["nvd"] > 20000, True)
    check_whole(folder)


def test_who_waits_says_so(folder):
    (folder / "state").mkdir()
    for name, words in (("mirror", [*WORDS, MIRROR]), ("knowledge.assay", ["kb", "build", "--from", MIRROR])):
        lock = folder / f"state/{name}.lock"
        with open(lock, "w", encoding="ascii") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            child = start(*words)
            said = b""
            while b"is at work on" not in said:
                part = os.read(child.stderr.fileno(), 4096)
                assert part, said
                said += part
            tap.contains(said.decode(), f"is at work on {folder}/state/{name}")
            time.sleep(0.3)
            assert child.poll() is None
            assert not (folder / "state/knowledge.assay").exists() or name != "mirror"
        tap.equal(child.wait(60), 0)
        child.stderr.close()
        assert not lock.exists()


def test_killed_at_any_moment(folder):
    source = large_mirror(folder)
    tap.assay(*WORDS, source)
    whole = records()
    random.seed(7)
    for number in range(16):
        large_mirror(folder, 20000 + number, marker=str(number))
        child = start(*(WORDS if number % 3 else ("kb", "build", "--full", "--from")), source)
        time.sleep(random.random() * 1.5)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        tap.assay("kb", "verify")
        now = records()
        tap.equal({name: now[name] for name in now if name != "nvd"},
                  {name: whole[name] for name in whole if name != "nvd"})
        assert now["nvd"] >= whole["nvd"], now
    # What a killed one may leave, on whatever file system.
    for name in ("knowledge.assay.new", "knowledge.assay.new.aB3dE9", "knowledge.assay.inputs.Zz0000",
                 f"mirror/{NVD}.Xy12Zz", "mirror.lock"):
        (folder / "state" / name).write_text("left")
    mine = folder / "state/knowledge.assay.backup"
    mine.write_text("mine")
    tap.assay(*WORDS, source)
    tap.equal(mine.read_text(), "mine")
    mine.unlink()
    check_whole(folder)
    tap.equal(records()["nvd"], whole["nvd"] + 15)


def test_nothing_of_a_killed_command_goes_on(folder):
    source = large_mirror(folder, 60000)
    child = start("kb", "build", "--from", source, "--out", folder / "k.assay")
    time.sleep(0.3)
    child.kill()
    child.communicate()
    time.sleep(0.05)
    for path in os.listdir("/proc"):
        try:
            words = open(f"/proc/{path}/cmdline", "rb").read() if path.isdigit() else b""
        except OSError:
            continue
        assert str(source).encode() not in words, words


def in_small_disk(folder, size, script):
    """Runs a script where folder/small is a disk of so many bytes."""
    (folder / "small").mkdir(exist_ok=True)
    words = ["unshare", "--map-root-user", "--mount", "sh", "-c",
             f"mount -t tmpfs -o size={size} none {folder}/small && {script}"]
    probe = subprocess.run([*words[:-1], f"mount -t tmpfs -o size={size} none {folder}/small"],
                           capture_output=True, check=False)
    if probe.returncode != 0:
        tap.skip("cannot mount a small disk here")
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=200,
                          env={**os.environ, **DIRECT, "ASSAY_STATE": f"{folder}/small/state"})


def test_a_full_disk_leaves_the_old_file(folder):
    """Whether the downloads or the new file do not fit, the old one stays, and it is said."""
    source, more = large_mirror(folder, 100), large_mirror(folder, 20000, name="more")
    packed = (more / NVD).stat().st_size
    tap.assay("kb", "build", "--from", more, "--out", folder / "more.assay")
    built = (folder / "more.assay").stat().st_size
    update = f"{tap.ASSAY} kb update --from"
    for size in (packed // 2 + (1 << 20), packed + built // 3 + (1 << 20), packed + built - (1 << 18)):
        done = in_small_disk(folder, size, f"""
            {update} {source} >&2 || exit 90
            sha256sum < small/state/knowledge.assay
            {update} {more} >&2; echo $?
            sha256sum < small/state/knowledge.assay
            {tap.ASSAY} kb verify >&2 || exit 91
            ls small/state""".replace("small/", f"{folder}/small/"))
        assert done.returncode == 0, f"{size}: {done}"
        before, status, after, *left = done.stdout.splitlines()
        tap.contains(done.stderr, "No space left on device")
        assert status in "34", done
        tap.equal(before, after, done.stderr)
        tap.equal([name for name in left if name.endswith((".new", ".lock")) or ".new." in name], [])


def test_a_full_disk_leaves_the_old_file_of_a_build(folder):
    source, more = large_mirror(folder, 100), large_mirror(folder, 20000, name="more")
    tap.assay("kb", "build", "--from", more, "--out", folder / "more.assay")
    built = (folder / "more.assay").stat().st_size
    for part in (0.2, 0.5, 0.9):
        done = in_small_disk(folder, int(built * part), f"""
            {tap.ASSAY} kb build --from {source} --out small/k.assay >&2 || exit 90
            sha256sum < small/k.assay
            {tap.ASSAY} kb build --from {more} --out small/k.assay >&2; echo $?
            sha256sum < small/k.assay
            ls small/""".replace("small/", f"{folder}/small/"))
        assert done.returncode == 0, done
        before, status, after, *left = done.stdout.splitlines()
        tap.contains(done.stderr, "k.assay: ")
        tap.contains(done.stderr, "No space left on device")
        tap.equal((status, before == after, left), ("4", True, ["k.assay"]), done)


if __name__ == "__main__":
    tap.main(globals())
