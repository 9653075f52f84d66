"""Real SSH servers on loopback for tests. Each runs in a mount and a process namespace of its own, in
which /etc/passwd and /etc/shadow name the test's accounts, so that the machine's own are not touched;
whatever its sessions start ends with it. Needs root and /usr/sbin/sshd, else the test is skipped."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

import tap

SSHD = "/usr/sbin/sshd"
PASSWORD = "correct horse battery"

# A session needs nothing of the machine's own PAM configuration.
PAM = """auth required pam_unix.so
account required pam_unix.so
session required pam_permit.so
password required pam_unix.so
"""


def need_root():
    if os.geteuid() != 0:
        tap.skip("needs root to make namespaces with accounts of their own")
    if not pathlib.Path(SSHD).exists():
        tap.skip("needs openssh-server")


def free_port(host="127.0.0.1"):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def keygen(path, *words, passphrase=""):
    subprocess.run(["ssh-keygen", "-q", "-N", passphrase, "-C", "test", "-f", str(path), *words], check=True,
                   stdin=subprocess.DEVNULL)
    return pathlib.Path(path)


def fingerprint(path):
    done = subprocess.run(["ssh-keygen", "-lf", str(path)], check=True, capture_output=True, text=True)
    return done.stdout.split()[1]


def wait_for(host, port, process, log):
    for _ in range(400):
        try:
            socket.create_connection((host, port), 1).close()
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.025)
    raise AssertionError("the server did not start:\n" + pathlib.Path(log).read_text())


class Sshd:
    """accounts: {name: (shell, extra)}; extra may have "key" (a public key file) and "password"
    (False: none, "expired": must be changed). options: lines of sshd_config. mounts: {place: file}.
    setup: commands that are run in the namespaces before the server."""

    def __init__(self, folder, accounts=None, options="", host="127.0.0.1", key_types=("ed25519",), mounts=None,
                 setup="", env=None):
        need_root()
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        self.folder.parent.chmod(0o755)
        self.host = host
        self.port = free_port(host)
        self.accounts = accounts or {"scan": ("/bin/sh", {})}
        self.mounts = mounts or {}
        self.setup = setup
        self.host_keys = [keygen(self.folder / f"host_{kind}", "-t", kind) for kind in key_types]
        self.log = self.folder / "log"
        self._write_accounts()
        self._write_config(options)
        self._start(env)

    def _write_accounts(self):
        hashed = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=PASSWORD, text=True, check=True,
                                capture_output=True).stdout.strip()
        passwd = pathlib.Path("/etc/passwd").read_text()
        shadow = pathlib.Path("/etc/shadow").read_text()
        if "\nsshd:" not in passwd:
            passwd += "sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n"
        (self.folder / "keys").mkdir()
        for number, (name, (shell, extra)) in enumerate(self.accounts.items()):
            uid = 52000 + number
            home = self.folder / "home" / name
            home.mkdir(parents=True)
            os.chown(home, uid, uid)
            passwd += f"{name}:x:{uid}:{uid}::{home}:{shell}\n"
            password = extra.get("password", True)
            changed = 0 if password == "expired" else 20000
            shadow += f"{name}:{hashed if password else '*'}:{changed}:0:99999:7:::\n"
            if "key" in extra:
                (self.folder / "keys" / name).write_text(pathlib.Path(extra["key"]).read_text())
        (self.folder / "passwd").write_text(passwd)
        (self.folder / "shadow").write_text(shadow)
        (self.folder / "shadow").chmod(0o600)
        (self.folder / "pam").write_text(PAM)

    def _write_config(self, options):
        lines = [f"Port {self.port}", f"ListenAddress {self.host}", "PidFile none", "StrictModes no", "UsePAM no",
                 "UseDNS no", f"AuthorizedKeysFile {self.folder}/keys/%u", "PrintMotd no", "LogLevel VERBOSE",
                 "MaxStartups 1000", "MaxSessions 100"]
        lines += [f"HostKey {key}" for key in self.host_keys]
        # The first of two lines counts.
        (self.folder / "config").write_text(options + "\n" + "\n".join(lines) + "\n")

    def _start(self, env):
        binds = {"/etc/passwd": self.folder / "passwd", "/etc/shadow": self.folder / "shadow",
                 "/etc/pam.d/sshd": self.folder / "pam", **self.mounts}
        script = "set -e; mount -t tmpfs run /run; mkdir /run/sshd; "
        for place, source in binds.items():
            script += f"if [ -e {place} ]; then mount --bind {source} {place}; fi; "
        script += f"{self.setup}\nexec {SSHD} -D -e -f {self.folder}/config"
        with open(self.log, "wb") as log:
            # pylint: disable=consider-using-with
            self.process = subprocess.Popen(["unshare", "-m", "-p", "-f", "--kill-child", "--mount-proc",
                                             "sh", "-c", script], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env={**os.environ, **(env or {})})
        wait_for(self.host, self.port, self.process, self.log)

    def fingerprints(self):
        return [fingerprint(f"{key}.pub") for key in self.host_keys]

    def text(self):
        return self.log.read_text(errors="replace")

    def stop(self):
        """Returns when the port is closed: what is in the namespace ends after its first process has."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        for _ in range(400):
            try:
                socket.create_connection((self.host, self.port), 1).close()
            except OSError:
                return
            time.sleep(0.025)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Agent:
    """An ssh-agent that holds keys."""

    def __init__(self, folder, *keys):
        self.path = str(pathlib.Path(folder) / "agent")
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(["ssh-agent", "-D", "-a", self.path], stdout=subprocess.DEVNULL)
        while not os.path.exists(self.path):
            time.sleep(0.01)
        for key in keys:
            subprocess.run(["ssh-add", "-q", str(key)], check=True, env={**os.environ, "SSH_AUTH_SOCK": self.path})

    def connect(self):
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(self.path)
        return sock

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def need(program):
    path = shutil.which(program)
    if path is None:
        tap.skip(f"needs {program}")
    return path
