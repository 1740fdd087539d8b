/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML: parse and read. */
#include <stdio.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include "xml.h"

/* libvirt itself refuses documents over 64 MiB; real ones have some hundred KiB. */
#define MAX_TEXT (16u << 20)

/* What the parser's callbacks note down; ctxt->_private points to it. */
struct notes {
	bool has_doctype;
	bool has_error;
	bool no_memory;
	int line;
	char message[256];
};

static void free_context(xmlParserCtxtPtr *ctxt)
{
	xmlFreeParserCtxt(*ctxt);
}

static void free_chars(xmlChar **chars)
{
	if (*chars)
		xmlFree(*chars);
}

/* Entities can only be declared in a DOCTYPE: stopping before it is read means
 * that there is never anything to expand, and no external file to open. */
static void refuse_doctype(void *data, const xmlChar *name, const xmlChar *external,
			   const xmlChar *system)
{
	xmlParserCtxtPtr ctxt = data;
	struct notes *notes = ctxt->_private;

	(void)name;
	(void)external;
	(void)system;
	notes->has_doctype = true;
	xmlStopParser(ctxt);
}

/* An own handler keeps errors away from the process-wide ones of libxml2. */
#if LIBXML_VERSION >= 21200
static void note_error(void *data, const xmlError *error)
#else
static void note_error(void *data, xmlErrorPtr error)
#endif
{
	xmlParserCtxtPtr ctxt = data;
	struct notes *notes = ctxt->_private;
	size_t length;

	if (error->code == XML_ERR_NO_MEMORY || !error->message)
		notes->no_memory = true;
	/* A prefix that is declared and was not found: there was no memory for it. */
	if (error->code == XML_NS_ERR_UNDEFINED_NAMESPACE && error->level == XML_ERR_WARNING)
		notes->no_memory = true;
	if (notes->no_memory || notes->has_error || error->level < XML_ERR_ERROR)
		return;
	notes->has_error = true;
	notes->line = error->line;
	length = strcspn(error->message, "\n");
	if (length >= sizeof(notes->message))
		length = sizeof(notes->message) - 1;
	memcpy(notes->message, error->message, length);
	notes->message[length] = '\0';
}

static int fail_parse(const struct notes *notes, const char *root, struct vtune_error **err)
{
	char place[32];

	if (notes->has_doctype)
		return vtune__fail(
			err, VTUNE_ERR_DOCUMENT, NULL,
			"The <%s> document has a document type declaration (<!DOCTYPE>), "
			"which is never accepted; remove it",
			root);
	/* Some allocations fail without a word. */
	if (notes->no_memory || !notes->has_error)
		return vtune__fail_memory(err);
	snprintf(place, sizeof(place), "line %d", notes->line);
	return vtune__fail(err, VTUNE_ERR_SYNTAX, place,
			   "The <%s> document is not XML: line %d: %s", root, notes->line,
			   notes->message);
}

static int check_root(xmlDocPtr doc, const char *root, struct vtune_error **err)
{
	const xmlNode *node = xmlDocGetRootElement(doc);

	if (node->ns)
		return vtune__fail(err, VTUNE_ERR_DOCUMENT, (const char *)node->name,
				   "The root element <%s> is in the namespace %s; a libvirt <%s> "
				   "document has none there",
				   node->name, node->ns->href, root);
	if (strcmp((const char *)node->name, root) != 0)
		return vtune__fail(err, VTUNE_ERR_DOCUMENT, (const char *)node->name,
				   "The root element is <%s>; it must be <%s>", node->name, root);
	return 0;
}

struct _xmlDoc *vtune__xml_parse(const char *text, const char *root, struct vtune_error **err)
{
	xmlParserCtxtPtr ctxt VTUNE__CLEANUP(free_context) = NULL;
	xmlDocPtr doc VTUNE__CLEANUP(vtune__xml_free) = NULL;
	struct notes notes = { 0 };
	xmlDocPtr sound;
	size_t length = strlen(text);

	if (length > MAX_TEXT) {
		vtune__fail(err, VTUNE_ERR_DOCUMENT, NULL,
			    "The <%s> document is larger than %u MiB, which none needs", root,
			    MAX_TEXT >> 20);
		return NULL;
	}
	ctxt = xmlNewParserCtxt();
	if (!ctxt) {
		vtune__fail_memory(err);
		return NULL;
	}
	ctxt->_private = &notes;
	ctxt->sax->internalSubset = refuse_doctype;
	ctxt->sax->serror = note_error;
	/* Whatever the application told xmlKeepBlanksDefault(). */
	ctxt->keepBlanks = 1;
	ctxt->sax->ignorableWhitespace = ctxt->sax->characters;
	doc = xmlCtxtReadMemory(ctxt, text, (int)length, NULL, NULL,
				XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
					XML_PARSE_BIG_LINES);
	if (!doc || notes.has_doctype || notes.no_memory || !xmlDocGetRootElement(doc)) {
		fail_parse(&notes, root, err);
		return NULL;
	}
	if (check_root(doc, root, err) < 0)
		return NULL;
	sound = doc;
	doc = NULL;
	return sound;
}

void vtune__xml_free(struct _xmlDoc **doc)
{
	if (*doc)
		xmlFreeDoc(*doc);
	*doc = NULL;
}

struct _xmlNode *vtune__xml_root(struct _xmlDoc *doc)
{
	return xmlDocGetRootElement(doc);
}

/* libvirt reads only what is in no namespace; others' elements may share a name. */
static bool is_element(const xmlNode *node, const char *name, size_t length)
{
	if (node->type != XML_ELEMENT_NODE)
		return false;
	if (!name)
		return true;
	return !node->ns && strncmp((const char *)node->name, name, length) == 0 &&
	       node->name[length] == '\0';
}

static xmlNodePtr first_element(xmlNodePtr node, const char *name, size_t length)
{
	while (node && !is_element(node, name, length))
		node = node->next;
	return node;
}

struct _xmlNode *vtune__xml_child(struct _xmlNode *node, const char *name)
{
	return first_element(node->children, name, name ? strlen(name) : 0);
}

struct _xmlNode *vtune__xml_next(struct _xmlNode *node, const char *name)
{
	return first_element(node->next, name, name ? strlen(name) : 0);
}

struct _xmlNode *vtune__xml_prev(struct _xmlNode *node, const char *name)
{
	do
		node = node->prev;
	while (node && (node->type != XML_ELEMENT_NODE ||
			(name && strcmp((const char *)node->name, name) != 0)));
	return node;
}

static xmlNodePtr first_in(xmlNodePtr node, const char *uri)
{
	while (node && !(node->type == XML_ELEMENT_NODE && node->ns &&
			 xmlStrEqual(node->ns->href, (const xmlChar *)uri)))
		node = node->next;
	return node;
}

struct _xmlNode *vtune__xml_child_in(struct _xmlNode *node, const char *uri)
{
	return first_in(node->children, uri);
}

struct _xmlNode *vtune__xml_next_in(struct _xmlNode *node, const char *uri)
{
	return first_in(node->next, uri);
}

struct _xmlNode *vtune__xml_path(struct _xmlNode *node, const char *way)
{
	while (node && *way) {
		size_t length = strcspn(way, "/");

		node = first_element(node->children, way, length);
		way += length;
		if (*way == '/')
			way++;
	}
	return node;
}

const char *vtune__xml_name(const struct _xmlNode *node)
{
	return (const char *)node->name;
}

/* The application may have given libxml2 an allocator of its own, so that what
 * xmlFree() takes is not for free(). */
static char *own_copy(const xmlChar *chars)
{
	return chars ? vtune__strdup((const char *)chars, NULL) : NULL;
}

char *vtune__xml_attribute(struct _xmlNode *node, const char *name)
{
	xmlChar *value VTUNE__CLEANUP(free_chars) = NULL;

	value = xmlGetNoNsProp(node, (const xmlChar *)name);
	return own_copy(value);
}

char *vtune__xml_text(struct _xmlNode *node)
{
	xmlChar *value VTUNE__CLEANUP(free_chars) = NULL;

	value = xmlNodeGetContent(node);
	return own_copy(value);
}

const char *vtune__xml_peek_text(const struct _xmlNode *node)
{
	const xmlNode *text = node->children;

	if (!text)
		return "";
	return text->type == XML_TEXT_NODE && !text->next ? (const char *)text->content : NULL;
}

/* Plain decimal digits only; strtoull would take blanks, signs and hex. */
static bool parse_uint(const char *text, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		unsigned int digit = (unsigned int)(*text - '0');

		if (*text < '0' || *text > '9' || value > (max - digit) / 10 || digit > max)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

const char *vtune__xml_peek(const struct _xmlNode *node, const char *name)
{
	const xmlAttr *attribute = node->properties;

	/* xmlStrEqual: out of memory leaves attributes without a name, see xml-edit.c. */
	while (attribute && (attribute->ns || !xmlStrEqual(attribute->name, (const xmlChar *)name)))
		attribute = attribute->next;
	if (!attribute)
		return NULL;
	/* Without entities the value is one text node, or none when empty. */
	return attribute->children ? (const char *)attribute->children->content : "";
}

bool vtune__xml_is(const struct _xmlNode *node, const char *name, const char *value)
{
	const char *text = node ? vtune__xml_peek(node, name) : NULL;

	return text && strcmp(text, value) == 0;
}

bool vtune__xml_peek_uint(const struct _xmlNode *node, const char *name, uint64_t *out)
{
	const char *value = vtune__xml_peek(node, name);

	return value && parse_uint(value, UINT64_MAX, out);
}

int vtune__xml_fail(struct _xmlNode *node, struct vtune_error **err, enum vtune_error_code code,
		    const char *format, ...)
{
	xmlChar *path VTUNE__CLEANUP(free_chars) = NULL;
	char message[512];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	path = xmlGetNodePath(node);
	return vtune__fail(err, code, (const char *)path, "Line %ld: %s", xmlGetLineNo(node),
			   message);
}

int vtune__xml_uint(struct _xmlNode *node, const char *attribute, uint64_t max, uint64_t *out,
		    struct vtune_error **err)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = NULL;

	if (!xmlHasNsProp(node, (const xmlChar *)attribute, NULL))
		return vtune__xml_fail(node, err, VTUNE_ERR_DOCUMENT,
				       "<%s> has no attribute \"%s\", a whole number", node->name,
				       attribute);
	text = vtune__xml_attribute(node, attribute);
	if (!text)
		return vtune__fail_memory(err);
	if (!parse_uint(text, max, out))
		return vtune__xml_fail(node, err, VTUNE_ERR_DOCUMENT,
				       "%s=\"%s\" of <%s> must be a whole number of at most %llu",
				       attribute, text, node->name, (unsigned long long)max);
	return 0;
}
