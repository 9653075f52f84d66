"""Discovery of real SSH servers in network namespaces, with root file systems of the Debian, RPM and SUSE families."""
import json
import os
import signal
import time

import sshd
import tap
from fleet import Fleet

KINDS = ["debian", "rpm", "suse"]
# Two hundred, fewer where each costs more (sanitizers).
SIZE = int(os.environ.get("ASSAY_FLEET_SIZE", "200"))


class Installation:
    """An installation of assay with a credential for the fleet and a source of its targets."""

    def __init__(self, folder, fleet, targets, *settings):
        self.folder, self.fleet = folder, fleet
        self.env = {**os.environ, "ASSAY_STATE": str(folder / "state"), "ASSAY_KNOWLEDGE": str(folder / "none")}
        self.assay("credential", "add", "scan", "--user", "scan", "--key-file", fleet.key)
        listed = folder / "targets.csv"
        listed.write_text("host\n" + "".join(f"{target.address}\n" for target in targets))
        self.assay("source", "add", "fleet", "--file", listed, "--host-keys", "first-use", *settings)

    def assay(self, *words, status=0):
        done = self.fleet.run(tap.ASSAY, *words, env=self.env, capture_output=True, text=True, errors="replace",
                              timeout=1200)
        if status is not None and done.returncode != status:
            raise AssertionError(f"assay {words}: {done.returncode}: {done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done

    def discover(self, *words, status=3):
        """Status 3 is that of runs without knowledge."""
        return self.assay("discover", "fleet", *words, status=status)

    def inventories(self):
        found = {}
        for path in (self.folder / "state/inventories").glob("*.json"):
            if path.name != "last.json":
                found[path.stem] = json.loads(path.read_text())
        return found

    def issues(self):
        return {(issue["target"], issue["code"]) for issue in
                json.loads(self.assay("issues", "--format", "json").stdout)["issues"]}


def place(folder):
    folder.chmod(0o755)
    return folder


def test_many_targets_at_once(folder):
    with Fleet(place(folder) / "f", [KINDS[i % 3] for i in range(SIZE)]) as fleet:
        here = Installation(folder, fleet, fleet.targets)
        said = here.discover()
        tap.contains(said.stdout, f"{SIZE} collected, 0 failed")
        found = here.inventories()
        tap.equal(sorted(found), sorted(target.name for target in fleet.targets))
        tap.equal(here.issues(), set())
    for name, inventory in found.items():
        tap.equal(inventory["server"]["name"], name)
        packages = {package["name"] for package in inventory["software"]}
        tap.equal({"openssh-server", "bash"} <= packages if name.startswith("debian") else
                  packages == {"acme-web", "acme-db", "acme-tools"}, True, f"{name}: {len(packages)} packages")


def test_updates_of_each_family(folder):
    with Fleet(place(folder) / "f", KINDS) as fleet:
        here = Installation(folder, fleet, fleet.targets)
        here.discover()
        found = here.inventories()
    for name, system in (("rpm001", "rocky"), ("suse002", "sles")):
        inventory = found[name]
        tap.equal(inventory["server"]["os"]["id"], system)
        tap.equal(inventory["updates"]["known"], "yes", inventory["updates"])
        pending = {item["name"]: (item["to"], item["class"]) for item in inventory["updates"]["items"]}
        tap.equal(pending, {"acme-web": ("1.1-1.el9", "critical"), "acme-db": ("2.5-1.el9", pending["acme-db"][1])})
    tap.equal(found["debian000"]["server"]["os"]["id"], "debian")


def test_what_fails_is_an_issue_until_it_works(folder):
    with Fleet(place(folder) / "f", ["debian"] * 5) as fleet:
        here = Installation(folder, fleet, fleet.targets, "--connect-timeout", "2")
        here.discover()
        off, changed, denied = fleet.targets[1:4]
        off.stop()
        for target, file_name in ((changed, "host"), (denied, "authorized")):
            target.stop()
            (target.folder / file_name).rename(target.folder / f"{file_name}.old")
        sshd.keygen(changed.folder / "host", "-t", "ed25519")
        (denied.folder / "authorized").write_text("")
        for target in (changed, denied):
            target.start()
        wait_for(fleet, changed, denied)
        tap.contains(here.discover().stdout, "2 collected, 3 failed")
        tap.equal(here.issues(), {(f"{off.address}:22", "NET-REFUSED"), (f"{changed.address}:22", "SSH-HOST-KEY-CHANGED"),
                                  (f"{denied.address}:22", "SSH-AUTH-DENIED")})
        tap.equal(len(here.inventories()), 5, "what was collected before stays")
        here.assay("source", "forget", "fleet", f"{changed.address}:22")
        denied.stop()
        (denied.folder / "authorized.old").rename(denied.folder / "authorized")
        for target in (off, denied):
            target.start()
        wait_for(fleet, off, denied)
        tap.contains(here.discover().stdout, "5 collected, 0 failed")
        tap.equal(here.issues(), set())


def wait_for(fleet, *targets):
    for target in targets:
        for _ in range(200):
            if fleet.run("ssh-keyscan", "-T", "1", target.address, capture_output=True).stdout:
                break
            time.sleep(0.1)
        else:
            raise AssertionError(target.text())


def test_one_server_with_two_addresses(folder):
    with Fleet(place(folder) / "f", ["debian"] * 2) as fleet:
        twice = fleet.targets[0]
        fleet._batch(twice.namespace, ["addr add 10.231.9.9/16 dev eth0"])  # pylint: disable=protected-access
        here = Installation(folder, fleet, fleet.targets)
        here.assay("source", "edit", "fleet", "--add", "10.231.9.9")
        said = here.discover()
        tap.contains(said.stdout, "2 servers")
        tap.contains(said.stdout, "3 targets: 3 collected")
        tap.equal(sorted(here.inventories()), ["debian000", "debian001"])


def test_through_a_jump_host(folder):
    with Fleet(place(folder) / "f", ["debian"] * 3) as fleet:
        jump, *inner = fleet.targets
        # The inner ones can be reached from the jump host alone.
        for target in inner:
            fleet.run("ip", "route", "add", "blackhole", f"{target.address}/32")
        here = Installation(folder, fleet, inner, "--jump", f"scan@{jump.address}", "--jump-credential", "scan")
        said = here.discover()
        tap.contains(said.stdout, "2 collected, 0 failed")
        tap.equal(sorted(here.inventories()), sorted(target.name for target in inner))


def test_every_login_shell(folder):
    with Fleet(place(folder) / "f", ["debian"]) as fleet:
        here = Installation(folder, fleet, fleet.targets)
        whole = None
        for user in ("scan", "bash", "csh", "ash"):
            if user != "scan":
                here.assay("credential", "edit", "scan", "--user", user)
            here.discover()
            packages = here.inventories()["debian000"]["software"]
            whole = whole or packages
            tap.equal(packages, whole, f"login shell of {user}")


def test_killed_at_random_loses_nothing(folder):
    """Kills of the whole run at random moments; every document stays whole, and --resume ends the work."""
    with Fleet(place(folder) / "f", ["debian"] * 24) as fleet:
        here = Installation(folder, fleet, fleet.targets)
        seen = set()
        for round_ in range(12):
            process = fleet.popen(tap.ASSAY, "discover", "fleet", *(["--resume"] if seen else []), "--concurrency", "4",
                                  env=here.env, stdout=-3, stderr=-3)
            time.sleep(0.3 + 0.37 * (round_ % 5))
            process.send_signal(signal.SIGKILL)
            process.wait()
            now = set(here.inventories())
            tap.equal(seen - now, set(), "lost")
            seen = now
        resume = ["--resume"] if seen else []
        targets = json.loads(here.discover(*resume, "--format", "json").stdout)["targets"]
        tap.equal((targets["earlier"] + targets["collected"], targets["failed"]), (24, 0), targets)
        tap.equal(sorted(here.inventories()), sorted(target.name for target in fleet.targets))


if __name__ == "__main__":
    tap.main(globals())
