"""Discovery of a fleet: 200 real SSH servers in network namespaces, against parallel-ssh running the same probe with the same
concurrency; and the memory of what takes part. Needs root, mmdebstrap and parallel-ssh."""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/e2e"))
TARGETS, CONCURRENCY, ROUNDS = 200, 64, 3
KINDS = ["debian", "rpm", "suse"]


class Watch:
    """The highest resident memory of every process of a name, in MB, looked at while something runs."""

    def __init__(self, *names):
        self.peaks = {name: 0 for name in names}
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)

    def look(self):
        while not self.stopped.wait(0.05):
            for folder in pathlib.Path("/proc").iterdir():
                if not folder.name.isdigit():
                    continue
                try:
                    name = (folder / "comm").read_text().strip()
                    if name in self.peaks:
                        status = (folder / "status").read_text()
                        peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
                        self.peaks[name] = max(self.peaks[name], peak)
                except (OSError, IndexError, ValueError):
                    continue

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()


def timed(fleet, *words, **more):
    started = time.perf_counter()
    done = fleet.run(*words, capture_output=True, text=True, errors="replace", **more)
    return time.perf_counter() - started, done


class Assay:
    """An installation with a state folder of its own."""

    def __init__(self, program, folder, knowledge):
        self.program = program
        self.env = {**os.environ, "ASSAY_STATE": str(folder)}
        if knowledge:
            self.env["ASSAY_KNOWLEDGE"] = str(knowledge)

    def run(self, *words, **more):
        return subprocess.run([str(self.program), *map(str, words)], env=self.env, check=True, capture_output=True,
                              **more)


def check(done, wanted):
    if wanted not in done.stdout + done.stderr:
        sys.exit(f"{' '.join(map(str, done.args))[:200]}: {done.stdout[-1500:]}{done.stderr[-1500:]}")


def parallel_ssh(fleet, folder):
    script = (ROOT / "share/probe/linux.sh").read_text()
    seconds, done = timed(
        fleet, "parallel-ssh", "-h", folder / "hosts", "-l", "scan", "-p", CONCURRENCY, "-t", "300", "-o",
        folder / "out", "-I", "-x", f"-i {fleet.key} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "
        "-o BatchMode=yes -o LogLevel=ERROR", "/bin/sh -s -- 00112233445566778899aabbccddeeff", input=script)
    if done.stdout.count("[SUCCESS]") != TARGETS:
        sys.exit(f"parallel-ssh: {done.stdout[-1000:]}{done.stderr[-1000:]}")
    return seconds


def discover(fleet, assay):
    seconds, done = timed(fleet, assay.program, "discover", "fleet", "--concurrency", CONCURRENCY, "--quiet",
                          env=assay.env)
    if done.returncode != 0:
        sys.exit(f"discover: status {done.returncode}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
    return seconds


def bench_queue(table, program, folder):
    """10,000 targets of which nobody answers: a closed port of this machine."""
    assay = Assay(program, folder / "queue", None)
    assay.run("source", "add", "many", "127.77.0.0-127.77.39.15", "--port", "9", "--host-keys", "first-use", "--yes")
    process = subprocess.Popen([str(program), "discover", "many", "--quiet"], env=assay.env,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    peak = usage.ru_maxrss / 1024
    table.row("discover, memory of the manager for 10,000 targets", f"{peak:.0f} MB", "<= 60 MB", peak <= 60)


def bench_fleet(table, program, knowledge):
    if os.geteuid() != 0 or shutil.which("parallel-ssh") is None or shutil.which("mmdebstrap") is None:
        print("discover of 200 targets: needs root, parallel-ssh and mmdebstrap; left out")
        return
    import fleet as fleets
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        with fleets.Fleet(folder / "fleet", [KINDS[i % len(KINDS)] for i in range(TARGETS)]) as fleet:
            (folder / "hosts").write_text("".join(f"{target.address}\n" for target in fleet.targets))
            assay = Assay(program, folder / "state", knowledge)
            assay.run("credential", "add", "scan", "--user", "scan", "--key-file", fleet.key)
            listed = folder / "targets.csv"
            listed.write_text("host\n" + (folder / "hosts").read_text())
            assay.run("source", "add", "fleet", "--file", listed, "--host-keys", "first-use")
            parallel_ssh(fleet, folder), discover(fleet, assay)
            ratios = []
            with Watch("worker", "manager") as watch:
                for _ in range(ROUNDS):
                    base = parallel_ssh(fleet, folder)
                    ratios.append(discover(fleet, assay) / base)
        ratio = statistics.median(ratios)
        table.row("discover of 200 targets, against parallel-ssh", f"{ratio:.2f} x", "<= 1.3 x", ratio <= 1.3)
        print(f"{'  parallel-ssh, the last time':<58} {base:>12.1f} s")
        worker, manager = watch.peaks["worker"], watch.peaks["manager"]
        table.row("discover, memory of a worker", f"{worker:.1f} MB", "<= 12 MB", worker <= 12)
        print(f"{'  memory of the manager meanwhile':<58} {manager:>12.1f} MB")
        bench_queue(table, program, folder)
