"""Workbooks as spreadsheet programs store them: shared strings, cells with references, rows without cells left out."""
import io
import zipfile
from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def column(number):
    name = ""
    while number >= 0:
        name = chr(ord("A") + number % 26) + name
        number = number // 26 - 1
    return name


class Book:
    """sheets: (name, {row number: cells}); a cell is a number, a text or None."""

    def __init__(self, *sheets):
        self.strings = []
        self.parts = {}
        book = relations = ""
        for number, (name, rows) in enumerate(sheets, 1):
            book += f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
            relations += (f'<Relationship Id="rId{number}" Type="{RELATIONS}/worksheet" '
                          f'Target="worksheets/sheet{number}.xml"/>')
            self.parts[f"xl/worksheets/sheet{number}.xml"] = self.sheet(rows)
        self.parts["xl/workbook.xml"] = (f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
                                         f"<sheets>{book}</sheets></workbook>")
        self.parts["xl/_rels/workbook.xml.rels"] = (
            f'{HEAD}<Relationships xmlns="{PACKAGE}">{relations}</Relationships>')
        texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in self.strings)
        self.parts["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{MAIN}">{texts}</sst>'

    def cell(self, reference, value):
        if isinstance(value, (int, float)):
            return f'<c r="{reference}"><v>{value}</v></c>'
        if value not in self.strings:
            self.strings.append(value)
        return f'<c r="{reference}" t="s"><v>{self.strings.index(value)}</v></c>'

    def sheet(self, rows):
        body = ""
        for number, cells in rows.items():
            inner = "".join(self.cell(f"{column(i)}{number}", value)
                            for i, value in enumerate(cells) if value is not None)
            body += f'<row r="{number}">{inner}</row>'
        return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'

    def bytes(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in self.parts.items():
                archive.writestr(name, text)
        return packed.getvalue()
