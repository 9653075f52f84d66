"""Runs the benchmarks and prints one row each: what, figure, bar, met or missed.

Figures of two programs are compared pair by pair in turn, so that a machine whose speed drifts
slows both; the median of the ratios is what counts.
"""
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import discovery

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(sys.argv[1]).resolve()
ASSAY = BUILD / "src/cli/assay"
ROUNDS = 5


def find_mirror():
    named = os.environ.get("ASSAY_MIRROR")
    for folder in [named] if named else [ROOT.parent / "mirror", ROOT.parent / "shared/mirror"]:
        if folder and pathlib.Path(folder).is_dir():
            return pathlib.Path(folder)
    return None


def run(*command, expect=(0, 3)):
    """One run of a program: wall seconds and peak memory in MB of its largest process."""
    with open(os.devnull, "wb") as null:
        started = time.perf_counter()
        process = subprocess.Popen([str(word) for word in command], stdout=null, stderr=null)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    if code not in expect:
        sys.exit(f"{' '.join(map(str, command))}: exit status {code}")
    return seconds, usage.ru_maxrss / 1024


class Table:
    def __init__(self):
        self.missed = 0

    def row(self, what, figure, bar, met):
        self.missed += not met
        print(f"{what:<58} {figure:>14}   {bar:<14} {'met' if met else 'MISSED'}", flush=True)


def bench_build(table, mirror, folder):
    out = folder / "nvd.assay"
    build = [BUILD / "src/roles/builder", "--from", mirror, "--out", out, "--only", "nvd"]
    floor = [BUILD / "bench/feed_floor", mirror]
    run(*build), run(*floor)
    ratios, memory = [], 0
    for _ in range(ROUNDS):
        seconds, peak = run(*build)
        base, _ = run(*floor)
        ratios.append(seconds / base)
        memory = max(memory, peak)
    ratio = statistics.median(ratios)
    table.row("kb build --only nvd, against inflating and walking", f"{ratio:.2f} x", "<= 3 x",
              ratio <= 3)
    table.row("kb build --only nvd, peak memory", f"{memory:.0f} MB", "<= 400 MB", memory <= 400)


def bench_knowledge(table, mirror, folder):
    out = folder / "all.assay"
    build = [BUILD / "src/roles/builder", "--from", mirror, "--out", out]
    floor = [BUILD / "bench/feed_floor", mirror, "all"]
    seconds, memory = run(*build)
    run(*floor)
    ratio = statistics.median(run(*build)[0] / run(*floor)[0] for _ in range(ROUNDS))
    table.row("kb build of all feeds, against inflating and walking", f"{ratio:.2f} x", "<= 2.5 x",
              ratio <= 2.5)
    size = out.stat().st_size / 1e6
    table.row("knowledge file of all feeds", f"{size:.0f} MB", "<= 120 MB", size <= 120)
    table.row("kb build of all feeds, peak memory", f"{memory:.0f} MB", "<= 400 MB", memory <= 400)
    bench_fold(table, mirror, folder, out)
    print(f"{'kb build of all feeds':<58} {seconds:>12.1f} s")
    return out


def bench_fold(table, mirror, folder, known):
    """A day of changes: 1,000 records of NVD, and some of each feed that changes daily."""
    day, out = folder / "day", folder / "folded.assay"
    # Apart: a child's peak memory would begin with that of this process.
    subprocess.run([sys.executable, "-c", "import sys, pathlib, make_changes\n"
                    "make_changes.make(*map(pathlib.Path, sys.argv[1:]), 1000)", mirror, day],
                   check=True, cwd=ROOT / "bench")
    whole = [BUILD / "src/roles/builder", "--from", day, "--out", out]
    fold = [*whole, "--old", known]
    run(*whole), run(*fold)
    pairs = [(run(*fold), run(*whole)) for _ in range(ROUNDS)]
    ratio = statistics.median(ours[0] / theirs[0] for ours, theirs in pairs)
    memory = max(ours[1] for ours, _ in pairs)
    table.row("folding in a day of 1,000 records, against kb build", f"{ratio:.3f} x", "<= 0.1 x",
              ratio <= 0.1)
    table.row("folding in, peak memory", f"{memory:.0f} MB", "<= 400 MB", memory <= 400)


def quick(*command, rounds=60):
    """Seconds of a run that nothing disturbed: what else a machine does only ever adds to it, so the
    first decile of many runs is compared."""
    run(*command)
    return statistics.quantiles((run(*command)[0] for _ in range(rounds)), n=10)[0]


def memory_beside(command, mapped):
    """MB that a program holds resident, and how much of it is of a file that it maps. It is looked
    at when it has nothing left to do but write its result, which nobody takes yet."""
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as process:
        status = pathlib.Path(f"/proc/{process.pid}")
        os.read(process.stdout.fileno(), 1)
        while status.joinpath("stat").read_text().rpartition(")")[2].split()[0] != "S":
            time.sleep(0.001)
        total = of_file = 0
        for line in status.joinpath("smaps").read_text().splitlines():
            words = line.split()
            if not words[0].endswith(":"):
                path = line[73:].strip()
            elif words[0] == "Rss:":
                total += int(words[1])
                of_file += int(words[1]) if path == str(mapped) else 0
        process.stdout.read()
    return total / 1024, of_file / 1024


def make_inventory(folder, kind, count):
    document = folder / f"{kind}-{count}.json"
    subprocess.run([sys.executable, ROOT / "bench/make_inventory.py", kind, str(count), document],
                   check=True)
    return document


def bench_assess(table, knowledge, folder):
    def command(kind, count, form="table"):
        return [ASSAY, "assess", make_inventory(folder, kind, count), "--knowledge", knowledge,
                "--as-of", "2026-11-22", "--quiet", "--format", form]

    start = quick(ASSAY, "--version")
    print(f"{'starting assay and nothing else':<58} {start * 1000:>11.1f} ms")
    seconds = quick(*command("server", 500))
    table.row("assess of a server of 500 packages, whole process", f"{seconds * 1000:.1f} ms",
              "<= 10 ms", seconds <= 0.010)
    json_seconds = quick(*command("server", 500, "json"))
    print(f"{'  the same as JSON':<58} {json_seconds * 1000:>11.1f} ms")
    seconds = quick(*command("late", 500))
    table.row("assess of 500 packages with some 4,500 findings", f"{seconds * 1000:.1f} ms",
              "<= 10 ms", seconds <= 0.010)
    json_seconds = quick(*command("late", 500, "json"))
    print(f"{'  the same with all of its findings as JSON (6 MB)':<58} {json_seconds * 1000:>11.1f} ms")
    seconds = quick(*command("server", 10000), rounds=20)
    print(f"{'assess of 10,000 distinct software, whole process':<58} {seconds * 1000:>11.1f} ms")
    rate = float(subprocess.run(
        [BUILD / "bench/assess_rate", BUILD / "share", knowledge,
         make_inventory(folder, "server", 10000)], check=True, capture_output=True).stdout)
    table.row("  of them identified and assessed in a second of a core", f"{rate:,.0f}",
              ">= 200,000", rate >= 200000)
    total, of_file = memory_beside(command("late", 500, "json"), knowledge)
    table.row("memory of a reader besides the mapped file", f"{total - of_file:.1f} MB",
              "<= 40 MB", total - of_file <= 40)
    print(f"{'  of the mapped file':<58} {of_file:>11.1f} MB")


def main():
    mirror = find_mirror()
    if mirror is None:
        sys.exit("no mirror folder: set ASSAY_MIRROR to one laid out as HOST/PATH")
    table = Table()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        bench_build(table, mirror, folder)
        knowledge = bench_knowledge(table, mirror, folder)
        bench_assess(table, knowledge, folder)
        discovery.bench_fleet(table, ASSAY, knowledge)
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
