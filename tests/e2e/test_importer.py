"""The importer and the exporter, driven as `assay import` and `assay export` drive them: workbooks, bundles, and what they
refuse. Nothing but messages may come out, whatever goes in."""
import io
import json
import os
import struct
import subprocess
import zipfile

import tap
from workbook import Book

ROLES = tap.ASSAY.parent.parent / "roles"
SERVER, LEFT_OUT, SIGNER, FAILURE, DONE = range(1, 6)

VINFO = {1: ["VM", "Powerstate", "Template", "DNS Name", "CPUs", "Memory",
             "OS according to the configuration file", "VM UUID"],
         2: ["db & 01", "poweredOn", "False", None, 4, 16384, "Microsoft Windows Server 2019 (64-bit)", "420f"],
         5: ["web", "poweredOn", "False", None, "two", 2048, "Debian GNU/Linux 10 (64-bit)", None]}


class Answer:
    def __init__(self, done):
        self.status, self.err = done.returncode, done.stderr.decode()
        self.messages = []
        out = done.stdout
        while out:
            length, kind, zero = struct.unpack("<IHH", out[:8])
            assert zero == 0 and len(out) >= 8 + length, out[:80]
            self.messages.append((kind, out[8:8 + length].decode()))
            out = out[8 + length:]

    def all(self, kind):
        return [body for found, body in self.messages if found == kind]

    def servers(self):
        return [json.loads(body) for body in self.all(SERVER)]

    def failure(self):
        tap.equal((self.status, self.messages[-1][0]), (1, FAILURE), repr(self.messages))
        return self.messages[-1][1]


def run(bytes_, *words):
    return Answer(subprocess.run([str(ROLES / "importer"), *words], input=bytes_, capture_output=True, timeout=120))


def inventory(folder, name, software=()):
    path = folder / f"{name}.json"
    listed = "".join(f"{package}\t{version}\n" for package, version in software) or "base-files\t12\n"
    answer = run(listed.encode(), "--name", name)
    tap.equal(answer.messages[-1], (DONE, "dpkg-query -W"))
    path.write_text(answer.all(SERVER)[0])
    return path


def export(folder, paths):
    """The bundle's bytes and the key's name."""
    reading, writing = os.pipe()
    lines = "".join(f"{path.stem}\t{path}\n" for path in paths)
    with open(folder / "bundle", "wb") as out:
        done = subprocess.run(["sh", "-c", f'exec "$0" "$1" 3>&{writing}', str(ROLES / "exporter"),
                               str(folder / "signing.key")], input=lines.encode(), stdout=out,
                              stderr=subprocess.PIPE, pass_fds=[writing], timeout=60)
    os.close(writing)
    with open(reading, "rb") as key:
        name = key.read().decode()
    return done, (folder / "bundle").read_bytes(), name


def test_a_workbook_gives_its_servers(folder):
    book = Book(("vSource", {1: ["Name", "API"]}), ("vInfo", VINFO))
    answer = run(book.bytes(), "--name", "rv.xlsx")
    tap.equal([server["server"]["name"] for server in answer.servers()], ["db & 01", "web"])
    tap.equal(answer.servers()[0]["server"]["os"]["build"], "17763")
    tap.equal(answer.all(LEFT_OUT), ["line 5, column Cores: two is no number that can be"])
    tap.equal(answer.messages[-1], (DONE, "list of servers"))


def test_software_of_a_workbook(folder):
    book = Book(("ApplicationInventory", {
        1: ["MachineName", "Application", "Version", "Provider", "MachineManagerFqdn"],
        2: ["w1", "7-Zip", "19.00", "Igor Pavlov", None], 3: ["w2", "Git", "2.30", "The Git Development Community", None]}))
    answer = run(book.bytes())
    tap.equal([(server["server"]["name"], server["software"][0]["name"]) for server in answer.servers()],
              [("w1", "7-Zip"), ("w2", "Git")])


def test_workbooks_that_are_refused(folder):
    tap.contains(run(Book(("Sheet1", {1: ["a", "b"]})).bytes()).failure(), "no sheet is a list of servers")
    cut = Book(("vInfo", VINFO)).bytes()
    tap.contains(run(cut[:len(cut) // 2]).failure(), "cut short")
    entity = Book(("vInfo", VINFO))
    entity.parts["xl/sharedStrings.xml"] = (
        '<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>')
    tap.contains(run(entity.bytes()).failure(), "document type")
    foreign = Book(("vInfo", VINFO))
    foreign.parts["xl/workbook.xml"] = '<!DOCTYPE a SYSTEM "file:///etc/passwd"><workbook/>'
    tap.contains(run(foreign.bytes()).failure(), "document type")
    broken = Book(("vInfo", VINFO))
    broken.parts["xl/worksheets/sheet1.xml"] = "<worksheet><sheetData><row>"
    tap.contains(run(broken.bytes()).failure(), "not well-formed XML")
    missing = Book(("vInfo", VINFO))
    del missing.parts["xl/worksheets/sheet1.xml"]
    tap.contains(run(missing.bytes()).failure(), "is missing")


def test_a_bomb_is_refused(folder):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/_rels/workbook.xml.rels", "<a/>")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as member:
            for _ in range(1100):
                member.write(b" " * (1 << 20))
    tap.contains(run(packed.getvalue()).failure(), "too large")


def test_a_bundle_travels(folder):
    paths = [inventory(folder, "db01"), inventory(folder, "web", [("openssl", "3.0.11-1")])]
    done, bundle, key = export(folder, paths)
    tap.equal((done.returncode, done.stderr), (0, b""))
    tap.equal(os.stat(folder / "signing.key").st_mode & 0o777, 0o600)
    refused = run(bundle)
    tap.contains(refused.failure(), f"signed by {key}, which is not trusted")
    tap.equal(refused.all(SERVER), [])
    taken = run(bundle, "--trust", key)
    tap.equal([json.loads(path.read_text()) for path in paths], taken.servers())
    tap.equal(json.loads(taken.all(SIGNER)[0])["key"], key)
    tap.equal(len(run(bundle, "--any-signer").servers()), 2)
    tap.equal(export(folder, paths)[2], key, "the key is kept")


def test_an_altered_bundle_gives_nothing(folder):
    _, bundle, key = export(folder, [inventory(folder, "db01", [("a", "1"), ("b", "2")])])
    tried = 0
    for at in range(0, len(bundle), 13):
        changed = bytearray(bundle)
        changed[at] ^= 0x20
        answer = run(bytes(changed), "--trust", key)
        if answer.status == 0:
            # Bytes that the zip format itself does not look at (times, attributes): what is given is what was signed.
            tap.equal(answer.servers(), run(bundle, "--trust", key).servers(), f"byte {at}")
            continue
        tap.equal(answer.all(SERVER), [], f"byte {at}")
        tried += 1
    tap.equal(tried > 10, True, f"{tried} refused")


def rewrite(bundle, change):
    old = zipfile.ZipFile(io.BytesIO(bundle))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, bytes_ in change({name: old.read(name) for name in old.namelist()}).items():
            archive.writestr(name, bytes_)
    return packed.getvalue()


def test_members_must_be_those_of_the_manifest(folder):
    _, bundle, key = export(folder, [inventory(folder, "db01"), inventory(folder, "web")])
    more = rewrite(bundle, lambda parts: {**parts, "inventories/evil.json": b"{}"})
    tap.contains(run(more, "--trust", key).failure(), "members")
    less = rewrite(bundle, lambda parts: {name: parts[name] for name in parts if "web" not in name})
    tap.contains(run(less, "--trust", key).failure(), "members")
    swapped = rewrite(bundle, lambda parts: {**parts, "inventories/db01.json": parts["inventories/web.json"]})
    tap.contains(run(swapped, "--trust", key).failure(), "not what was signed")
    unsigned = rewrite(bundle, lambda parts: {name: parts[name] for name in parts if name != "manifest.sig"})
    tap.contains(run(unsigned, "--any-signer").failure(), "manifest.sig is missing")


def test_a_key_that_others_can_read_signs_nothing(folder):
    path = inventory(folder, "db01")
    export(folder, [path])
    os.chmod(folder / "signing.key", 0o644)
    done, bundle, _ = export(folder, [path])
    tap.equal((done.returncode, bundle), (1, b""))
    tap.contains(done.stderr.decode(), "mode 0600")


if __name__ == "__main__":
    tap.main(globals())
