"""A fleet of machines on this one: each target is a network, mount, process and host-name namespace with a root file system
of its own (a layer above one of roots.py) and a real SSH server. They share a bridge that lies in a namespace too, so
that nothing of the machine's own network is touched; what discovers them runs in there."""
import os
import pathlib
import shutil
import signal
import subprocess
import time
import uuid

import roots
import sshd
import tap

NETWORK = "10.231"


def address(number):
    return f"{NETWORK}.{number // 250 + 1}.{number % 250 + 1}"


CONFIG = """Port 22
PidFile none
UsePAM no
UseDNS no
StrictModes no
MaxStartups 1000
LogLevel VERBOSE
HostKey /etc/ssh/host
AuthorizedKeysFile /etc/ssh/authorized
PrintMotd no
"""

# Runs in the target's namespaces: puts a layer above the root file system and starts its SSH server.
START = """set -e
cd {folder}
mount -t tmpfs -o size=64m layer layer
mkdir layer/upper layer/work layer/root
mount -t overlay -o lowerdir={root},upperdir=layer/upper,workdir=layer/work overlay layer/root
cp host layer/root/etc/ssh/host; chmod 600 layer/root/etc/ssh/host
cp authorized config layer/root/etc/ssh/
echo {machine} >layer/root/etc/machine-id
echo {name} >layer/root/etc/hostname
hostname {name}
mount -t proc proc layer/root/proc
mount -t tmpfs dev layer/root/dev
for device in null zero urandom random tty; do touch layer/root/dev/$device; mount --bind /dev/$device layer/root/dev/$device; done
mkdir -p layer/root/run/sshd
exec chroot layer/root /usr/sbin/sshd -D -e -f /etc/ssh/config
"""


class Target:
    def __init__(self, fleet, number, kind):
        self.number, self.kind = number, kind
        self.name = f"{kind}{number:03d}"
        self.address = address(number)
        self.folder = fleet.folder / self.name
        self.namespace = f"{fleet.namespace}-{number}"
        self.process = None

    def prepare(self, authorized):
        (self.folder / "layer").mkdir(parents=True)
        sshd.keygen(self.folder / "host", "-t", "ed25519")
        (self.folder / "authorized").write_text(authorized)
        (self.folder / "config").write_text(CONFIG)

    def start(self):
        script = START.format(folder=self.folder, root=roots.root(self.kind), name=self.name,
                              machine=uuid.uuid5(uuid.NAMESPACE_DNS, self.name).hex)
        with open(self.folder / "log", "ab") as log:
            # pylint: disable=consider-using-with
            self.process = subprocess.Popen(
                ["ip", "netns", "exec", self.namespace, "unshare", "-m", "-u", "-p", "-f", "--kill-child",
                 "sh", "-c", script], stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def fingerprint(self):
        return sshd.fingerprint(self.folder / "host.pub")

    def text(self):
        return (self.folder / "log").read_text(errors="replace")

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


class Fleet:
    """kinds: a root of roots.py for each target. The key in `key` logs in as scan, bash, csh and ash."""

    def __init__(self, folder, kinds):
        sshd.need_root()
        roots.need("ip", "unshare", "mmdebstrap")
        for kind in sorted(set(kinds)):
            roots.root(kind)
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.namespace = f"assay{os.getpid()}"
        self.key = sshd.keygen(self.folder / "key", "-t", "ed25519")
        self.targets = [Target(self, number, kind) for number, kind in enumerate(kinds)]
        authorized = pathlib.Path(f"{self.key}.pub").read_text()
        for target in self.targets:
            target.prepare(authorized)
        try:
            self._make_network()
            for target in self.targets:
                target.start()
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _batch(self, namespace, lines):
        subprocess.run(["ip", *(["-n", namespace] if namespace else []), "-batch", "-"], input="\n".join(lines),
                       text=True, check=True, capture_output=True)

    def _make_network(self):
        """A bridge with an end of a cable to each target."""
        self._batch(None, [f"netns add {name}" for name in
                           [self.namespace, *(target.namespace for target in self.targets)]])
        lines = ["link set lo up", "link add fleet type bridge", f"addr add {NETWORK}.0.1/16 dev fleet",
                 "link set fleet up"]
        for target in self.targets:
            lines += [f"link add t{target.number} type veth peer name eth0 netns {target.namespace}",
                      f"link set t{target.number} master fleet up"]
        self._batch(self.namespace, lines)
        for target in self.targets:
            self._batch(target.namespace, ["link set lo up", f"addr add {target.address}/16 dev eth0",
                                           "link set eth0 up"])

    def _wait(self):
        for target in self.targets:
            for _ in range(1200):
                if "Server listening" in target.text():
                    break
                if target.process.poll() is not None:
                    raise AssertionError(f"{target.name} did not start:\n{target.text()}")
                time.sleep(0.05)

    def run(self, *words, **more):
        """Runs a program where the fleet can be reached."""
        return subprocess.run(["ip", "netns", "exec", self.namespace, *map(str, words)], check=False, **more)

    def popen(self, *words, **more):
        return subprocess.Popen(["ip", "netns", "exec", self.namespace, *map(str, words)], **more)

    def stop(self):
        for target in self.targets:
            target.stop()
        subprocess.run(["ip", "-force", "-batch", "-"], text=True, check=False, capture_output=True, input="\n".join(
            f"netns del {name}" for name in [self.namespace, *(target.namespace for target in self.targets)]))
        for target in self.targets:
            shutil.rmtree(target.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


if __name__ == "__main__":
    tap.skip("a helper of other tests")
