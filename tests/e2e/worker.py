"""Drives the worker as its manager does: a job, a connected socket and credentials on descriptors, typed
messages back (src/collect/job.h)."""
import fcntl
import json
import os
import pathlib
import socket
import struct
import subprocess
import threading

import tap

WORKER = pathlib.Path(os.environ.get("ASSAY_WORKER", tap.ROOT / "build/src/roles/worker"))
KINDS = ["ssh-password", "ssh-key", "windows-local", "windows-domain"]
NAMES = {1: "phase", 2: "host key", 3: "authenticated", 4: "inventory", 5: "checks", 6: "failure", 7: "done"}


def credential(kind, user="", password="", key="", domain=""):
    """The form of src/vault/credential.c."""
    body = struct.pack("<BBH", 1, KINDS.index(kind), 0)
    for part in (user, domain, password, key):
        part = part if isinstance(part, bytes) else part.encode()
        body += struct.pack("<I", len(part)) + part
    return struct.pack("<I", len(body)) + body


def hop(server, **changes):
    return {"name": server.host, "port": server.port, "user": "", "host_keys": server.fingerprints(),
            "first_use": False, "credential": False, "agent": False, "ticket": False, **changes}


def make_job(target, **changes):
    return {"format": "assay job", "format_version": 1, "purpose": "inventory", "target": target, "legacy": False,
            "sudo": False, "deep": False, "sandbox_optional": False, "seconds": 180, "silence_seconds": 90,
            "memory": 256 << 20, "uid": 0, "gid": 0, **changes}


class Answer:
    def __init__(self, status, messages, err):
        self.status, self.messages, self.err = status, messages, err

    def all(self, name):
        return [body for kind, body in self.messages if kind == name]

    def one(self, name):
        found = self.all(name)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} messages '{name}': {self!r}")
        return found[0]

    def failure(self, code):
        found = self.one("failure")
        tap.equal(found["code"], code, repr(self))
        return found

    def inventory(self):
        failures = [body for body in self.all("failure") if body["code"] != "PROBE-PARTIAL"]
        tap.equal(failures, [], "failures")
        return self.one("inventory")

    def __repr__(self):
        short = [(kind, body) for kind, body in self.messages if kind != "inventory"]
        return f"status {self.status} {short} {self.err[-2000:]}"


def _messages(data):
    at, found = 0, []
    while at + 8 <= len(data):
        length, kind, zero = struct.unpack_from("<IHH", data, at)
        tap.equal(zero, 0, "message header")
        body = data[at + 8:at + 8 + length]
        if len(body) < length:
            break
        found.append((NAMES[kind], json.loads(body)))
        at += 8 + length
    return found


def _feed(fd, data):
    def write():
        try:
            with os.fdopen(fd, "wb") as out:
                out.write(data)
        except BrokenPipeError:
            pass
    thread = threading.Thread(target=write, daemon=True)
    thread.start()


def start(job, sock, credentials=b"", agent=None, env=None, extra_fd=None):
    """Returns the process; its standard output has the messages."""
    job_read, job_write = os.pipe()
    secret_read, secret_write = os.pipe()
    wanted = {3: job_read, 4: sock.fileno(), 5: secret_read}
    if agent is not None:
        wanted[6] = agent.fileno()
    if extra_fd is not None:
        wanted[9] = extra_fd
    parked = {number: fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 100) for number, fd in wanted.items()}

    def place():
        for number, fd in parked.items():
            os.dup2(fd, number)
        for number in (6, 7, 8, 9):
            if number not in parked:
                try:
                    os.close(number)
                except OSError:
                    pass
    # pylint: disable=consider-using-with,subprocess-popen-preexec-fn
    process = subprocess.Popen([str(WORKER)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, close_fds=False, preexec_fn=place,
                               env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", **(env or {})})
    for fd in [*parked.values(), job_read, secret_read]:
        os.close(fd)
    _feed(job_write, json.dumps(job).encode() if isinstance(job, dict) else job)
    _feed(secret_write, credentials)
    return process


def run(job, sock, credentials=b"", agent=None, env=None, timeout=200):
    process = start(job, sock, credentials, agent, env)
    sock.close()
    out, err = process.communicate(timeout=timeout)
    return Answer(process.returncode, _messages(out), err.decode(errors="replace"))


def collect(server, credentials=b"", agent=None, env=None, timeout=200, target=None, **changes):
    """One target without a jump host."""
    settings = hop(server, credential=bool(credentials), **(target or {}))
    sock = socket.create_connection((server.host, server.port))
    return run(make_job(settings, **changes), sock, credentials, agent, env, timeout)
