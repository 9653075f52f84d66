"""`assay import` and `assay export`: what is kept, what completes what, and what is refused."""
import json
import subprocess

import tap
from workbook import Book

VINFO = {1: ["VM", "Powerstate", "CPUs", "Memory", "OS according to the configuration file", "VM UUID"],
         2: ["db01", "poweredOn", 4, 16384, "Debian GNU/Linux 12 (64-bit)", "420f1234-aaaa-bbbb-cccc-0123456789ab"],
         3: ["web", "poweredOn", 2, 2048, "CentOS 4/5 (64-bit)", None],
         4: [None, "poweredOn", 2, 2048, "Other (64-bit)", None]}


def run(folder, *words, status=0, stdin=b""):
    return tap.assay(*words, status=status, stdin=stdin, env={"ASSAY_STATE": str(folder / "state")})


def check_schema(document):
    try:
        import jsonschema
    except ImportError:
        return
    schema = json.loads((tap.ROOT / "docs/formats/import.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)


def kept(folder, name):
    return json.loads((folder / "state/inventories" / f"{name}.json").read_text())


def import_list(folder, status=3):
    (folder / "rv.xlsx").write_bytes(Book(("vInfo", VINFO)).bytes())
    return run(folder, "import", folder / "rv.xlsx", status=status)


def test_a_list_of_servers_is_kept(folder):
    result = import_list(folder)
    tap.contains(result.err, "line 4, column Server name: empty")
    tap.contains(result.out, "2 new")
    tap.contains(result.out, "1 left out")
    tap.equal(kept(folder, "web")["server"]["os"]["version_id"], None, "two releases are none")
    tap.contains(run(folder, "assess", "web", status=3).out, "CentOS")
    again = import_list(folder)
    tap.contains(again.out, "2 replaced")
    tap.equal(len(list((folder / "state/inventories").glob("*.json"))), 2)


def test_documents_complete_each_other(folder):
    import_list(folder)
    run(folder, "import", "--name", "db01", "-", stdin="base-files\t12.4+deb12u5\nopenssl\t3.0.11-1\n")
    both = kept(folder, "db01")
    tap.equal((both["server"]["machine"]["cpus"], both["server"]["os"]["version_id"], len(both["software"])), (4, "12", 2))
    tap.equal(both["server"]["machine"]["product_uuid"], VINFO[2][5])
    # And the other way round: the list does not take the software away.
    tap.contains(import_list(folder).out, "1 completed")
    tap.equal(len(kept(folder, "db01")["software"]), 2)


def test_what_assay_collected_stays(folder):
    import_list(folder)
    path = folder / "state/inventories/db01.json"
    own = kept(folder, "db01")
    own["collector"], own["collected"] = "assay 0.1.0 ssh", "2026-11-01T00:00:00Z"
    path.write_text(json.dumps(own))
    tap.contains(import_list(folder).out, "1 kept as it was")
    tap.equal(kept(folder, "db01")["collector"], "assay 0.1.0 ssh")
    run(folder, "import", "--replace", folder / "rv.xlsx", status=3)
    tap.equal(kept(folder, "db01")["collector"], "rvtools")


def test_a_bundle_goes_to_another_installation(folder):
    import_list(folder)
    said = run(folder, "export", "-o", folder / "b.zip").out
    key = said.split("--trust ")[1].split()[0]
    there = folder / "there"
    there.mkdir()
    tap.contains(run(there, "import", folder / "b.zip", status=4).err, "not trusted")
    tap.equal((there / "state/inventories").exists(), False)
    document = run(there, "import", folder / "b.zip", "--trust", key, "--format", "json").json()
    check_schema(document)
    tap.equal([(server["server"], server["outcome"]) for server in document["servers"]], [("db01", "new"), ("web", "new")])
    tap.equal(kept(there, "db01"), kept(folder, "db01"))
    tap.contains(run(folder, "export", "-o", folder / "c.zip", "nobody", status=4).err, "no inventory of that name")
    tap.contains(run(folder, "export", status=2).err, "--output FILE")


def test_wrong_input_is_told(folder):
    tap.contains(run(folder, "import", folder / "missing", status=4).err, "No such file")
    tap.contains(run(folder, "import", folder, status=4).err, f"{folder}: Is a directory")
    (folder / "noise").write_bytes(b"\x00\x01noise\n" * 100)
    tap.contains(run(folder, "import", folder / "noise", status=4).err, "noise: not an inventory document")
    tap.contains(run(folder, "import", "-", status=4).err, "standard input: empty")
    good = folder / "db.txt"
    good.write_text("base-files\t12\n")
    mixed = run(folder, "import", folder / "noise", good, status=3)
    tap.contains(mixed.out, "1 new")
    tap.contains(run(folder, "import", status=2).err, "needs")


def test_lists_of_this_machine(folder):
    listed = subprocess.run(["dpkg", "-l"], capture_output=True, check=True, env={"COLUMNS": "500", "PATH": "/usr/bin:/bin"})
    run(folder, "import", "--name", "here", "-", stdin=listed.stdout)
    query = subprocess.run(["dpkg-query", "-W", "-f=${binary:Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t"
                            "${source:Version}\\t${db:Status-Abbrev}\\n"], capture_output=True, check=True)
    first = {(package["name"], package["version"], package["arch"]) for package in kept(folder, "here")["software"]}
    run(folder, "import", "--name", "here", "-", stdin=query.stdout)
    second = {(package["name"], package["version"], package["arch"]) for package in kept(folder, "here")["software"]}
    tap.equal(first ^ second, set())
    tap.equal(kept(folder, "here")["server"]["os"]["id"], "debian")


if __name__ == "__main__":
    tap.main(globals())
