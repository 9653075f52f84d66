"""Targets that mean harm: each costs its own worker only, in bounded time and memory, and is named."""
import os
import socket
import stat
import struct
import threading
import time

import tap
import worker
from sshd import PASSWORD, Sshd

SECRET = worker.credential("ssh-password", "scan", PASSWORD)
SILENCE, SECONDS = 2, 6


class Listener:
    """Accepts one connection and hands it to a function in a thread of its own."""

    host = "127.0.0.1"

    def __init__(self, behave):
        self.socket = socket.create_server((self.host, 0))
        self.port = self.socket.getsockname()[1]
        self.stop = threading.Event()
        threading.Thread(target=self._serve, args=(behave,), daemon=True).start()

    def _serve(self, behave):
        connection, _ = self.socket.accept()
        with connection:
            try:
                behave(self, connection)
            except OSError:
                pass

    def fingerprints(self):
        return ["SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.socket.close()


def against(server, code, seconds=SECONDS, silence=SILENCE, memory=32 << 20, **changes):
    """One worker; checks how long it took and how much memory it had."""
    began = time.monotonic()
    answer = worker.collect(server, SECRET, seconds=seconds, silence_seconds=silence, **changes)
    took = time.monotonic() - began
    tap.equal(took < seconds + 3, True, f"{took:.1f} s: {answer!r}")
    # A sanitizer keeps what was freed.
    limit = memory if not os.environ.get("ASSAY_SANITIZED") else 1 << 30
    tap.equal(answer.one("done")["memory"] < limit, True, f"memory: {answer!r}")
    if code:
        answer.failure(code)
        tap.equal(answer.all("inventory"), [])
    return answer


def before_login(behave, code, **changes):
    with Listener(behave) as server:
        answer = against(server, code, **changes)
    tap.equal(answer.all("host key"), [])
    return answer


def wait_for_stop(server, _connection):
    server.stop.wait(60)


def test_accepts_and_says_nothing():
    answer = before_login(wait_for_stop, "TARGET-SILENT")
    tap.equal(answer.one("done")["seconds"] < SILENCE + 1, True, repr(answer))


def test_closes_at_once():
    before_login(lambda server, connection: None, "SSH-CLOSED")


def test_is_no_ssh_server():
    answer = before_login(lambda server, connection: connection.sendall(b"HTTP/1.1 400 \x1b[31mBad\r\n\r\n"), "SSH-NOT-SSH")
    tap.contains(answer.one("failure")["message"], '"HTTP/1.1 400 .[31mBad..')


def drip(server, connection):
    for byte in b"SSH-2.0-" + b"slow" * 1000:
        connection.sendall(bytes([byte]))
        if server.stop.wait(0.3):
            return


def test_drips_its_greeting():
    before_login(drip, "TARGET-SLOW")


def test_greets_with_a_megabyte():
    before_login(lambda server, connection: connection.sendall(b"SSH-2.0-" + b"A" * (1 << 20)), "SSH-NOT-SSH")


def greeted(rest):
    def behave(server, connection):
        connection.sendall(b"SSH-2.0-Hostile_1.0\r\n")
        rest(server, connection)
    return behave


def packet(payload):
    """RFC 4253, section 6, before keys."""
    padding = 8 - (len(payload) + 5) % 8
    padding += 8 if padding < 4 else 0
    return struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)


def kexinit(kex=b"curve25519-sha256", host_key=b"ssh-ed25519"):
    names = [kex, host_key] + [b"aes256-ctr"] * 2 + [b"hmac-sha2-256"] * 2 + [b"none"] * 2 + [b""] * 2
    return packet(b"\x14" + bytes(16) + b"".join(struct.pack(">I", len(n)) + n for n in names) + bytes(5))


def endless(server, connection, piece):
    until = time.monotonic() + 30
    while not server.stop.is_set() and time.monotonic() < until:
        connection.sendall(piece)


def test_dies_after_its_greeting():
    before_login(greeted(lambda server, connection: None), "SSH-CLOSED")


def test_hangs_in_the_key_exchange():
    before_login(greeted(wait_for_stop), "TARGET-SLOW")
    before_login(greeted(lambda server, connection: (connection.sendall(kexinit()), server.stop.wait(60))), "TARGET-SLOW")


def test_sends_noise_for_packets():
    noise = os.urandom(1 << 16)
    for piece in (noise, b"\xff" * 4096, bytes(4096), struct.pack(">I", 0x7fffffff) + b"A" * 4096,
                  struct.pack(">I", 0x00040000) + b"A" * 4096):
        before_login(greeted(lambda server, connection, piece=piece: endless(server, connection, piece)), None).one("failure")


def test_sends_empty_messages_without_end():
    for message in (packet(b"\x02" + struct.pack(">I", 1000) + bytes(1000)), packet(b"\x04" + bytes(1000)), kexinit(),
                    packet(b"\x50" + struct.pack(">I", 4) + b"ping\x01")):
        before_login(greeted(lambda server, connection, m=message: endless(server, connection, m * 16)), None).one("failure")


def test_breaks_the_key_exchange():
    replies = [packet(b"\x1f" + os.urandom(200)),
               packet(b"\x1f" + struct.pack(">I", 51) + struct.pack(">I", 11) + b"ssh-ed25519" + struct.pack(">I", 32) +
                      bytes(32) + struct.pack(">I", 32) + bytes(32) + struct.pack(">I", 4) + bytes(4)),
               packet(b"\x1f" + b"\xff" * 100), packet(b"\x15"), packet(b"\x01" + bytes(4) + struct.pack(">I", 3) + b"bye" + bytes(4))]
    for reply in replies:
        before_login(greeted(lambda server, connection, r=reply: (connection.sendall(kexinit() + r), server.stop.wait(3))),
                     None).one("failure")


# ---- after the login: shells that a real server runs ----

SHELL = """#!/bin/bash
# Gets: -c "/bin/sh -s -- NONCE"
nonce=${2##* }
frame() { printf '\\036%s %s\\n' "$nonce" "$1"; }
"""


def with_shell(folder, text, check):
    shell = folder / "shell"
    shell.write_text(SHELL + text)
    shell.chmod(shell.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    with Sshd(folder / "s", {"scan": (str(shell), {})}) as server:
        check(server)


def test_hangs_after_the_login(folder):
    with_shell(folder, "sleep 100\n", lambda server: against(server, "TARGET-SILENT"))


def test_drips_its_answer(folder):
    with_shell(folder, "while :; do printf x; sleep 0.5; done\n", lambda server: against(server, "TARGET-SLOW"))


def test_complains_without_end(folder):
    with_shell(folder, "exec yes complaint >&2\n", lambda server: against(server, "TARGET-SLOW"))


def test_sends_without_end(folder):
    with_shell(folder, "exec cat /dev/zero\n",
               lambda server: against(server, "TARGET-TOO-MUCH", seconds=30, memory=100 << 20))


def test_sends_sections_without_end(folder):
    text = """
while :; do frame "B os"; echo "/etc/os-release\tID=debian"; frame "E os 0 0.01"; done
"""
    with_shell(folder, text, lambda server: against(server, None, seconds=8, silence=8, memory=100 << 20).one("failure"))
    text = """
frame "B packages.dpkg"
exec yes "install ok installed\tname\t1.0\tamd64\tsource\t1700000000\tDebian\tmaintainer"
"""
    (folder / "more").mkdir()
    with_shell(folder / "more", text,
               lambda server: against(server, "TARGET-TOO-MUCH", seconds=30, memory=100 << 20))


def test_keeps_ceilings_of_the_inventory(folder):
    text = """
frame "B packages.dpkg"
awk 'BEGIN { for (i = 0; i < 250000; i++) printf "install ok installed\\tname%d\\t1.%d\\tamd64\\t\\t0\\t\\t\\n", i, i }'
frame "E packages.dpkg 0 0.01"
frame EOF
"""
    def check(server):
        answer = against(server, None, seconds=60, silence=20, memory=200 << 20)
        inventory = answer.inventory()
        tap.equal(len(inventory["software"]), 200000)
        tap.contains(" ".join(inventory["notes"]), "more than the ceilings allow")
    with_shell(folder, text, check)


def test_forges_frames(folder):
    text = """
frame "B os"
printf '/etc/os-release\\tID=debian\\n\\036wrong E os 0 0.01\\n\\036wrong B packages.dpkg\\n'
printf 'install ok installed\\tforged\\t1.0\\tamd64\\t\\t0\\t\\t\\n\\036wrong EOF\\n'
frame "E os 0 0.01"
frame EOF
"""
    def check(server):
        tap.equal(against(server, None).inventory()["software"], [])
    with_shell(folder, text, check)


def test_dies_in_the_middle(folder):
    def check(server):
        against(server, "CONNECTION-LOST")
    with_shell(folder, "frame 'B os'\nsleep 0.2\nkill -9 $PPID\n", check)


def test_ends_early(folder):
    def check(server):
        answer = against(server, None)
        tap.contains(answer.failure("PROBE-PARTIAL")["message"], "ends early")
        tap.contains(" ".join(answer.one("inventory")["notes"]), "ends early")
    with_shell(folder, "frame 'B os'\nprintf '/etc/os-release\\tID=debian\\n'\nframe 'E os 0 0.01'\nexit 0\n", check)


def test_speaks_to_terminals(folder):
    text = """
frame "B system"
printf 'name\\tweb\\033]0;owned\\007\\n'
frame "E system 0 0.01"
printf '\\033[2J' >&2
frame EOF
"""
    def check(server):
        inventory = against(server, None).inventory()
        tap.equal("\x1b" in str(inventory), False, str(inventory)[:500])
    with_shell(folder, text, check)


def test_others_go_on(folder):
    """A good target is collected while bad ones hang."""
    with Listener(wait_for_stop) as silent, Listener(drip) as slow, Sshd(folder / "s") as good:
        processes = []
        for server in (silent, slow):
            sock = socket.create_connection((server.host, server.port))
            job = worker.make_job(worker.hop(server, credential=True), seconds=SECONDS, silence_seconds=SILENCE)
            processes.append(worker.start(job, sock, SECRET))
            sock.close()
        worker.collect(good, SECRET).inventory()
        for process in processes:
            process.communicate(timeout=SECONDS + 3)
            tap.equal(process.returncode, 1)


if __name__ == "__main__":
    tap.main(globals())
