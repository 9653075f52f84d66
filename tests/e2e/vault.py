"""What tests of credentials need: a terminal without a person, and the vault as a child that answers
(docs/formats/vault.md)."""
import array
import os
import pty
import select
import signal
import socket
import struct
import subprocess
import termios
import time

import tap

VAULT = tap.ASSAY.parent.parent / "roles/vault"
OPEN, FAILED, CREDENTIALS, SENT, LIST, SEND = 1, 2, 3, 4, 16, 17


def state():
    return os.path.join(os.environ["ASSAY_STATE"], "vault")


def add(name, secret="example", *words, kind="ssh-password", user="root", **options):
    account = ["--user", user] if user else []
    return tap.assay("credential", "add", name, "--kind", kind, *account, *words, stdin=secret, **options)


def listed():
    return tap.assay("credential", "list", "--format", "json").json()["credentials"]


def names():
    return [one["name"] for one in listed()]


class Terminal:
    """assay on a terminal of its own."""

    def __init__(self, *words):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execv(str(tap.ASSAY), [str(tap.ASSAY), *map(str, words)])
        self.shown = b""

    def wait_for(self, text, seconds=20):
        end = time.monotonic() + seconds
        while text.encode() not in self.shown:
            if not self._read(end - time.monotonic()):
                raise AssertionError(f"{text!r} was not shown but {self.shown!r}")

    def _read(self, seconds):
        ready, _, _ = select.select([self.fd], [], [], max(seconds, 0))
        if not ready:
            return False
        try:
            got = os.read(self.fd, 65536)
        except OSError:
            return False
        self.shown += got
        return bool(got)

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def answer(self, prompt, text):
        """Waits for the question, for the echo to be off, and answers."""
        self.wait_for(prompt)
        for _ in range(400):
            if not self.echoes():
                break
            time.sleep(0.005)
        else:
            raise AssertionError("the terminal echoes")
        self.shown = self.shown.split(prompt.encode(), 1)[1]
        os.write(self.fd, text.encode() + b"\n")

    def end(self):
        """The exit status and all that was shown since the last answer."""
        while self._read(20):
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status), self.shown.decode()

    def kill(self, number=signal.SIGINT):
        os.kill(self.pid, number)


class Served:
    """The vault as another program starts it."""

    def __init__(self, folder=None, preexec=None):
        ours, theirs = socket.socketpair()
        def place():
            os.dup2(theirs.fileno(), 3)
            if preexec:
                preexec()
        self.process = subprocess.Popen([str(VAULT), "serve", "--folder", folder or state()], pass_fds=[3],
                                        preexec_fn=place, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env={"PATH": "/usr/bin:/bin"})
        theirs.close()
        self.socket = ours
        self.socket.settimeout(60)
        self.first = self.receive()
        if self.first[0] == FAILED:
            self.end()
            raise AssertionError(failure(self.first[1]))

    def receive(self):
        head = self._exactly(8)
        length, kind, zero = struct.unpack("<IHH", head)
        tap.equal(zero, 0)
        return kind, self._exactly(length)

    def _exactly(self, length):
        data = b""
        while len(data) < length:
            got = self.socket.recv(length - len(data))
            if not got:
                raise EOFError
            data += got
        return data

    def send(self, kind, body=b"", fds=()):
        control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        self.socket.sendmsg([struct.pack("<IHH", len(body), kind, 0)], control)
        self.socket.sendall(body)

    def ask(self, *words):
        self.send(*words)
        return self.receive()

    def credential(self, number, target=b"test"):
        """The credential as a process is handed it, with the answer of the vault."""
        reader, writer = os.pipe()
        self.send(SEND, struct.pack("<II", 0, len(target)) + target + struct.pack("<Q", number), [writer])
        os.close(writer)
        answer = self.receive()
        with os.fdopen(reader, "rb") as file:
            return answer, file.read()

    def end(self):
        self.socket.close()
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


def failure(body):
    """Code and text of a FAILED."""
    _, code, length = struct.unpack_from("<III", body)
    at = 12 + length
    (length,) = struct.unpack_from("<I", body, at)
    return -code, body[at + 4:at + 4 + length].decode()
