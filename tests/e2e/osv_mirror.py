"""Writes OSV records as the hosts of the advisories serve them: one zip a feed."""
import json
import zipfile


def write(folder, feeds, more=()):
    """Records of each feed as a copy of the OSV hosts; more: feed, name and text of other members."""
    for feed, records in feeds.items():
        path = folder / "storage.googleapis.com/osv-vulnerabilities" / feed
        path.mkdir(parents=True)
        with zipfile.ZipFile(path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for record in records:
                archive.writestr(f"{record['id']}.json", json.dumps(record))
            for name, text in [(name, text) for other, name, text in more if other == feed]:
                archive.writestr(name, text)
