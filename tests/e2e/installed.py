"""An installation of its own for tests of the manager: the built programs, with a worker that does as it is
told (fake_worker.c), and servers on loopback that only accept connections."""
import os
import pathlib
import shutil
import socket
import threading

import tap

BUILD = tap.ASSAY.parent.parent
FAKE = pathlib.Path(os.environ.get("ASSAY_FAKE_WORKER", BUILD.parent / "tests/e2e/fake_worker"))


class Installed:
    def __init__(self, folder, worker=FAKE):
        self.folder = pathlib.Path(folder) / "installed"
        roles = self.folder / "libexec/assay"
        (self.folder / "bin").mkdir(parents=True)
        roles.mkdir(parents=True)
        # Copies: a program finds the others beside what /proc/self/exe leads to.
        shutil.copy(tap.ASSAY, self.folder / "bin/assay")
        for role in ("manager", "resolver", "vault", "keycheck"):
            shutil.copy(BUILD / "roles" / role, roles / role)
        shutil.copy(worker, roles / "worker")
        shutil.copytree(tap.ROOT / "share", self.folder / "share/assay")
        self.roles = roles
        self.binary = self.folder / "bin/assay"

    def behave(self, **targets):
        """{name: words}; "_" in a name stands for "." """
        lines = [f"{name.replace('_', '.')}\t{words}\n" for name, words in targets.items()]
        self.behave_lines(lines)

    def behave_lines(self, lines):
        new = self.roles / "behaviour.new"
        new.write_text("".join(lines))
        new.rename(self.roles / "behaviour")

    def asked(self):
        """What workers were asked: (target, user, purpose, pinned keys, uid, jump)."""
        path = self.roles / "asked"
        rows = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return [row.split("\t") for row in rows]

    def assay(self, *words, **options):
        kept, tap.ASSAY = tap.ASSAY, self.binary
        try:
            return tap.assay(*words, **options)
        finally:
            tap.ASSAY = kept


class Listener:
    """Accepts connections on a port of all of 127.0.0.0/8, and holds them."""

    def __init__(self, host="0.0.0.0"):
        self.socket = socket.create_server((host, 0), backlog=1024)
        self.port = self.socket.getsockname()[1]
        self.held = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        try:
            while True:
                connection = self.socket.accept()[0]
                self.held.append(connection)
                if len(self.held) > 500:
                    self.held.pop(0).close()
        except OSError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for connection in self.held:
            connection.close()
