"""The hand-checked answers of tests/labels/linux.tsv and linux-published.tsv, asked of the real
binary.

tests/assess/test_labels.c asks the verdicts of linux.tsv of knowledge made of what each row quotes,
and needs no feeds; here the real advisories must say what the rows quote, and the products and the
support of the packages are asked too. The records of linux-published.tsv are made for the test.

A set's precision (of the packages called vulnerable, how many are) and recall (of the vulnerable
ones, how many are called so) are printed, with the share of right verdicts, products and support,
and may not drop below what is recorded here.
"""
import json

import published
import tap

AS_OF = "2026-11-22"
COLUMNS = ("system manager package version source source_version module cve answer advisory fixed "
           "product support note").split()
PUBLISHED = ("system manager package version source source_version module answer record introduced "
             "fixed stream reason").split()
SYSTEMS = {
    "Debian": {"id": "debian", "name": "Debian GNU/Linux", "origin": "Debian", "vendor": ""},
    "AlmaLinux": {"id": "almalinux", "name": "AlmaLinux", "origin": "", "vendor": "AlmaLinux"},
}
RECORDED = {
    "linux": {"precision": 1.0, "recall": 1.0, "verdicts": 1.0, "products": 1.0, "support": 1.0},
    "linux-published": {"precision": 1.0, "recall": 1.0, "verdicts": 1.0},
}


def rows(name, columns):
    text = (tap.ROOT / f"tests/labels/{name}.tsv").read_text(encoding="utf-8")
    return [dict(zip(columns, line.split("\t"), strict=True)) for line in text.splitlines()
            if line and not line.startswith("#")]


def inventory(row, system):
    software = {
        "ecosystem": row["manager"], "name": row["package"], "version": row["version"],
        "source": row["source"], "source_version": row["source_version"],
        "module": row["module"], "origin": system.get("origin", ""),
        "vendor": system.get("vendor", ""),
    }
    return {
        "format": "assay-inventory", "format_version": 1,
        "server": {"name": "label", "os": {"family": "linux", "id": system["id"],
                                           "name": system["name"],
                                           "version_id": row["system"].split(":")[1],
                                           "version": system.get("version", "")}},
        "software_known": "yes",
        "software": [{key: value for key, value in software.items() if value}],
    }


def product(explanation):
    """The first CPE product that the explanation names."""
    for step in explanation["steps"]:
        if step["label"] == "asked" and "cpe:2.3:" in (step["aside"] or ""):
            return ":".join(step["aside"].split("cpe:2.3:")[1].split(",")[0].split(":")[1:3])
    return "-"


def explain(row, document, knowledge):
    env = {"ASSAY_KNOWLEDGE": str(knowledge)}
    return tap.assay("explain", document, row["cve"], row["package"], "--format", "json",
                     "--as-of", AS_OF, env=env).json()["explanations"]


def supports(labels, document, knowledge):
    """State and last day of support by package and version, of a server that has them all."""
    server = inventory(labels[0], SYSTEMS[labels[0]["system"].split(":")[0]])
    server["software"] = [inventory(row, SYSTEMS[row["system"].split(":")[0]])["software"][0]
                          for row in labels]
    document.write_text(json.dumps(server), encoding="utf-8")
    assessed = tap.assay("assess", document, "--format", "json", "--as-of", AS_OF, status=None,
                         env={"ASSAY_KNOWLEDGE": str(knowledge)}).json()
    return {(one["name"], one["version"]):
            f"{one['support']['state']} {one['support']['until']}" for one in assessed["software"]}


class Score:
    def __init__(self):
        self.called, self.vulnerable, self.wrong, self.shares = [], [], [], {}

    def judge(self, row, expected, got):
        """Of each kind of answer the right ones, apart by " | ", and what was answered."""
        if got["verdicts"] == "vulnerable":
            self.called.append(row["answer"] == "vulnerable")
        if row["answer"] == "vulnerable":
            self.vulnerable.append(got["verdicts"] == "vulnerable")
        for key, right in expected.items():
            self.shares.setdefault(key, []).append(got[key] in right.split(" | "))
            if not self.shares[key][-1]:
                self.wrong.append(f"{row['system']} {row['package']} {row['version']} "
                                  f"{row['cve']}: {got[key]}, not {right}")

    def figures(self):
        lists = {"precision": self.called, "recall": self.vulnerable, **self.shares}
        return {key: sum(one) / max(len(one), 1) for key, one in lists.items()}


def check(name, score, count):
    figures = score.figures()
    text = ", ".join(f"{key} {value:.3f}" for key, value in figures.items())
    print(f"# {name}: {count} packages, {text}")
    for line in score.wrong:
        print(f"#   {line}")
    for key, recorded in RECORDED[name].items():
        assert round(figures[key], 3) >= recorded, (
            f"{name}: {key} dropped to {figures[key]:.3f}, recorded {recorded}")


def test_labels_hold_with_real_feeds(folder):
    knowledge = folder / "knowledge"
    tap.assay("kb", "build", "--from", tap.shared("mirror"), "--only", "osv", "--only", "nvd",
              "--only", "endoflife", "--out", knowledge, status=None)
    labels, score = rows("linux", COLUMNS), Score()
    document, support = folder / "inventory.json", {}
    for row in labels:
        name = row["system"]
        if name not in support:
            here = [one for one in labels if one["system"] == name]
            support[name] = supports(here, document, knowledge)
        document.write_text(json.dumps(inventory(row, SYSTEMS[name.split(":")[0]])),
                            encoding="utf-8")
        explained = explain(row, document, knowledge)
        score.judge(row, {"verdicts": row["answer"], "products": row["product"],
                          "support": row["support"]},
                    {"verdicts": explained[0]["verdict"], "products": product(explained[0]),
                     "support": support[name][row["package"], row["version"]]})
    check("linux", score, len(labels))


def test_each_distribution_on_records_of_its_form(folder):
    labels, score = rows("linux-published", PUBLISHED), Score()
    published.write_feeds(folder / "feeds", labels)
    knowledge, document = folder / "knowledge", folder / "inventory.json"
    tap.assay("kb", "build", "--from", folder / "feeds", "--out", knowledge, status=None)
    for number, row in enumerate(labels, 90001):
        name = row["system"].split(":")[0]
        row["cve"] = f"CVE-2024-{number}"
        system = {"id": name, "name": name, "version": published.FORMS[name][2]}
        document.write_text(json.dumps(inventory(row, system)), encoding="utf-8")
        explained = explain(row, document, knowledge)
        score.judge(row, {"verdicts": row["answer"]}, {"verdicts": explained[0]["verdict"]})
    check("linux-published", score, len(labels))


if __name__ == "__main__":
    tap.main(globals())
