#include "import/workbook.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/memory.h"

#include <libxml/xmlreader.h>
#include <stdlib.h>
#include <string.h>

enum { SHEETS_MOST = 256, ROWS_MOST = 1048576 }; /* ECMA-376 has 1,048,576 rows */

struct workbook {
    struct archive *archive;
    struct arena arena;
    struct str *strings; /* shared strings, by number */
    uint32_t string_count, string_capacity;
    struct workbook_sheet {
        struct str name, relation, member;
    } sheets[SHEETS_MOST];
    unsigned sheet_count;
};

bool workbook_matches(const struct archive *archive)
{
    return archive_has(archive, "xl/workbook.xml");
}

/* ---- XML ---- */

/* A reader over one member. Nothing is fetched, no entity is replaced. */
struct xml {
    struct buf bytes;
    xmlTextReader *reader;
    const char *member;
};

static void be_quiet(void *context, const char *message, xmlParserSeverities severity,
                     xmlTextReaderLocatorPtr locator)
{
    (void)context;
    (void)message;
    (void)severity;
    (void)locator;
}

static int open_xml(struct workbook *book, const char *member, struct xml *ret, struct error *err)
{
    *ret = (struct xml){.member = member};
    buf_init(&ret->bytes, LIMIT_IMPORT_SHEET);
    int result = archive_read(book->archive, member, &ret->bytes, err);
    if (result == 0) {
        ret->reader = xmlReaderForMemory(buf_text(&ret->bytes), (int)ret->bytes.len, NULL, NULL,
                                         XML_PARSE_NONET | XML_PARSE_NOCDATA);
        if (ret->reader == NULL) {
            result = error_set(err, ERR_FORMAT, "%s: no XML", member);
        } else {
            xmlTextReaderSetErrorHandler(ret->reader, be_quiet, NULL);
        }
    }
    if (result < 0) {
        buf_done(&ret->bytes);
    }
    return result;
}

static void close_xml(struct xml *xml)
{
    xmlFreeTextReader(xml->reader);
    buf_done(&xml->bytes);
}

/* Moves to the next node: 1, 0 at the end, or an error. */
static int next_node(struct xml *xml, struct error *err)
{
    int found = xmlTextReaderRead(xml->reader);
    if (found < 0) {
        return error_set(err, ERR_FORMAT, "%s: line %d: not well-formed XML", xml->member,
                         xmlTextReaderGetParserLineNumber(xml->reader));
    }
    if (found == 1 && (xmlTextReaderNodeType(xml->reader) == XML_READER_TYPE_DOCUMENT_TYPE ||
                       xmlTextReaderNodeType(xml->reader) == XML_READER_TYPE_ENTITY_REFERENCE)) {
        return error_set(err, ERR_FORMAT, "%s: a document type or an entity", xml->member);
    }
    return found;
}

static bool is_start(struct xml *xml, const char *name)
{
    return xmlTextReaderNodeType(xml->reader) == XML_READER_TYPE_ELEMENT &&
           strcmp((const char *)xmlTextReaderConstLocalName(xml->reader), name) == 0;
}

static bool is_end(struct xml *xml, const char *name)
{
    return xmlTextReaderNodeType(xml->reader) == XML_READER_TYPE_END_ELEMENT &&
           strcmp((const char *)xmlTextReaderConstLocalName(xml->reader), name) == 0;
}

static bool is_empty(struct xml *xml)
{
    return xmlTextReaderIsEmptyElement(xml->reader) == 1;
}

static struct str attribute(struct xml *xml, struct arena *arena, const char *name)
{
    xmlChar *value = xmlTextReaderGetAttribute(xml->reader, (const xmlChar *)name);
    struct str copy = value != NULL ? arena_str(arena, str_from((const char *)value)) : STR("");
    xmlFree(value);
    return copy;
}

/* Adds the text of the nodes up to the end of the element named name; phonetic readings (rPh) left
 * out. */
static int read_text(struct xml *xml, const char *name, struct buf *out, struct error *err)
{
    bool phonetic = false;
    int found = 1;
    if (is_empty(xml)) {
        return 0;
    }
    while ((found = next_node(xml, err)) == 1 && !is_end(xml, name)) {
        int type = xmlTextReaderNodeType(xml->reader);
        phonetic = is_start(xml, "rPh") ? !is_empty(xml) : phonetic && !is_end(xml, "rPh");
        if (!phonetic && (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
                          type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE ||
                          type == XML_READER_TYPE_WHITESPACE)) {
            buf_put_text(out, (const char *)xmlTextReaderConstValue(xml->reader));
        }
    }
    return found < 0 ? found : 0;
}

/* ---- the book ---- */

static int read_sheets(struct workbook *book, struct error *err)
{
    struct xml xml;
    int found, result = open_xml(book, "xl/workbook.xml", &xml, err);
    if (result < 0) {
        return result;
    }
    while ((found = next_node(&xml, err)) == 1) {
        if (is_start(&xml, "sheet") && book->sheet_count < SHEETS_MOST) {
            struct workbook_sheet *sheet = &book->sheets[book->sheet_count++];
            sheet->name = attribute(&xml, &book->arena, "name");
            sheet->relation = attribute(&xml, &book->arena, "r:id");
            sheet->member = STR("");
        }
    }
    close_xml(&xml);
    return found;
}

/* Relations name the members of the sheets, as "worksheets/sheet1.xml" or
 * "/xl/worksheets/sheet1.xml". */
static int read_relations(struct workbook *book, struct error *err)
{
    struct xml xml;
    int found, result = open_xml(book, "xl/_rels/workbook.xml.rels", &xml, err);
    if (result < 0) {
        return result;
    }
    while ((found = next_node(&xml, err)) == 1) {
        if (!is_start(&xml, "Relationship")) {
            continue;
        }
        struct str id = attribute(&xml, &book->arena, "Id");
        struct str target = attribute(&xml, &book->arena, "Target");
        bool absolute = str_starts(target, STR("/"));
        for (unsigned i = 0; i < book->sheet_count; i++) {
            if (id.len > 0 && str_eq(book->sheets[i].relation, id)) {
                book->sheets[i].member =
                    absolute ? str_skip(target, 1)
                             : arena_printf(&book->arena, "xl/%.*s", STR_ARG(target));
            }
        }
    }
    close_xml(&xml);
    return found;
}

static int read_strings(struct workbook *book, struct error *err)
{
    struct xml xml;
    struct buf text;
    int found = 0;
    if (!archive_has(book->archive, "xl/sharedStrings.xml")) {
        return 0;
    }
    int result = open_xml(book, "xl/sharedStrings.xml", &xml, err);
    if (result < 0) {
        return result;
    }
    buf_init(&text, LIMIT_RECORD_TEXT);
    while (result == 0 && (found = next_node(&xml, err)) == 1) {
        if (is_start(&xml, "si")) {
            buf_clear(&text);
            result = read_text(&xml, "si", &text, err);
            arena_reserve(&book->arena, book->strings, book->string_count, book->string_capacity);
            book->strings[book->string_count++] = arena_str(&book->arena, buf_view(&text));
        }
    }
    buf_done(&text);
    close_xml(&xml);
    return found < 0 ? found : result;
}

/* ---- a sheet ---- */

struct sheet_reader {
    struct workbook *book;
    struct xml xml;
    struct buf out;   /* the lines so far */
    struct buf value; /* of the cell that is read */
    uint32_t row;     /* lines that were begun */
    unsigned column;  /* cells of the row that were written */
};

/* The column of "AB12", from 0; the next one when the cell does not say. */
static unsigned column_of(struct str reference, unsigned otherwise)
{
    unsigned column = 0, letters = 0;
    while (letters < reference.len && letters < 3 && str_is_alpha(reference.ptr[letters])) {
        column = column * 26 + (unsigned)(str_lower_byte(reference.ptr[letters]) - 'a') + 1;
        letters++;
    }
    return letters > 0 ? column - 1 : otherwise;
}

static void put_field(struct buf *out, struct str text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        quoted = quoted || text.ptr[i] == ',' || text.ptr[i] == '"' || text.ptr[i] == ';';
    }
    buf_put_text(out, quoted ? "\"" : "");
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        buf_put_text(out, c == '"' ? "\"" : "");
        buf_put_byte(out, (unsigned char)c < 0x20 ? ' ' : c);
    }
    buf_put_text(out, quoted ? "\"" : "");
}

/* Reads the value of the cell that begins here into value. */
static int read_cell(struct sheet_reader *reader, struct error *err)
{
    struct xml *xml = &reader->xml;
    struct arena words;
    int found = 1;
    arena_init(&words);
    struct str type = attribute(xml, &words, "t");
    unsigned column = column_of(attribute(xml, &words, "r"), reader->column);
    bool shared = str_eq_text(type, "s");
    arena_done(&words);
    buf_clear(&reader->value);
    if (!is_empty(xml)) {
        while ((found = next_node(xml, err)) == 1 && !is_end(xml, "c")) {
            const char *name = is_start(xml, "v") ? "v" : is_start(xml, "is") ? "is" : NULL;
            int result = name != NULL ? read_text(xml, name, &reader->value, err) : 0;
            found = result < 0 ? result : found;
            if (found < 0) {
                break;
            }
        }
    }
    uint64_t number;
    struct str value = buf_view(&reader->value);
    if (shared) {
        bool known = str_to_u64(value, &number) && number < reader->book->string_count;
        value = known ? reader->book->strings[number] : STR("");
    }
    if (column < LIMIT_IMPORT_COLUMNS && column >= reader->column) {
        for (; reader->column < column + 1; reader->column++) {
            buf_put_text(&reader->out, reader->column > 0 ? "," : "");
        }
        put_field(&reader->out, value);
    }
    return found < 0 ? found : 0;
}

/* Rows without cells are not stored; an empty line keeps a row's number the line's. */
static void begin_row(struct sheet_reader *reader)
{
    struct arena words;
    uint64_t number;
    arena_init(&words);
    if (!str_to_u64(attribute(&reader->xml, &words, "r"), &number) || number > ROWS_MOST ||
        number <= reader->row) {
        number = (uint64_t)reader->row + 1;
    }
    arena_done(&words);
    for (; reader->row < number; reader->row++) {
        buf_put_text(&reader->out, reader->row > 0 ? "\n" : "");
    }
    reader->column = 0;
}

static int read_sheet(struct workbook *book, const char *member, struct buf *out, struct error *err)
{
    struct sheet_reader reader = {.book = book};
    int found = 0, result = open_xml(book, member, &reader.xml, err);
    if (result < 0) {
        return result;
    }
    buf_init(&reader.out, LIMIT_IMPORT);
    buf_init(&reader.value, LIMIT_RECORD_TEXT);
    while (result == 0 && (found = next_node(&reader.xml, err)) == 1) {
        if (is_start(&reader.xml, "row")) {
            begin_row(&reader);
        } else if (is_start(&reader.xml, "c") && reader.row > 0) {
            result = read_cell(&reader, err);
        }
    }
    result = found < 0 ? found : result;
    buf_put_byte(&reader.out, '\n');
    if (result == 0 && reader.out.overflow) {
        result = error_set(err, ERR_LIMIT, "%s: more than %zu MB", member, LIMIT_IMPORT >> 20);
    }
    *out = reader.out;
    buf_done(&reader.value);
    close_xml(&reader.xml);
    return result;
}

static int give_sheets(struct workbook *book,
                       int (*sheet)(void *context, const char *name, struct str csv,
                                    struct error *err),
                       void *context, struct error *err)
{
    int result = 0;
    for (unsigned i = 0; result == 0 && i < book->sheet_count; i++) {
        struct buf csv;
        if (book->sheets[i].member.len == 0) {
            continue;
        }
        buf_init(&csv, LIMIT_IMPORT);
        result = read_sheet(book, book->sheets[i].member.ptr, &csv, err);
        if (result == 0) {
            result = sheet(context, book->sheets[i].name.ptr, buf_view(&csv), err);
        }
        buf_done(&csv);
    }
    return result;
}

int workbook_read(struct archive *archive,
                  int (*sheet)(void *context, const char *name, struct str csv, struct error *err),
                  void *context, struct error *err)
{
    struct workbook *book = mem_alloc_zero(1, sizeof *book);
    book->archive = archive;
    arena_init(&book->arena);
    int result = read_sheets(book, err);
    result = result < 0 ? result : read_relations(book, err);
    result = result < 0 ? result : read_strings(book, err);
    result = result < 0 ? result : give_sheets(book, sheet, context, err);
    arena_done(&book->arena);
    free(book);
    return result;
}
