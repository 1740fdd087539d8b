/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML: write a document. libxml2 writes every start tag and text in one style of
 * its own, so that a changed line could not be told from the others. What was not
 * changed is therefore copied from the source, where _private of its node points. */
#include <stdlib.h>
#include <string.h>

#include <libxml/tree.h>
#include <libxml/xmlwriter.h>

#include "xml.h"

static const char *behind(const char *at, const char *mark)
{
	const char *found = strstr(at, mark);

	return found ? found + strlen(mark) : NULL;
}

static bool is_cdata(const char *at)
{
	return strncmp(at, "<![CDATA[", 9) == 0;
}

/* Where the piece of markup or text ends that begins here; NULL: nowhere. */
static const char *token_end(const char *at)
{
	char quote = 0;

	/* libxml2 makes one node of neighbours. */
	if (is_cdata(at)) {
		while (at && is_cdata(at))
			at = behind(at + 9, "]]>");
		return at;
	}
	if (*at != '<')
		return at + strcspn(at, "<");
	if (strncmp(at, "<!--", 4) == 0)
		return behind(at + 4, "-->");
	if (strncmp(at, "<?", 2) == 0)
		return behind(at + 2, "?>");
	for (at++; *at && (quote || *at != '>'); at++) {
		if (quote)
			quote = *at == quote ? 0 : quote;
		else if (*at == '"' || *at == '\'')
			quote = *at;
	}
	return *at ? at + 1 : NULL;
}

static bool token_is(const char *at, const xmlNode *node)
{
	const char *colon;
	size_t length;

	switch (node->type) {
	case XML_TEXT_NODE:
		return *at != '<';
	case XML_COMMENT_NODE:
		return strncmp(at, "<!--", 4) == 0;
	case XML_CDATA_SECTION_NODE:
		return is_cdata(at);
	case XML_PI_NODE:
		return strncmp(at, "<?", 2) == 0;
	case XML_ELEMENT_NODE:
		if (*at++ != '<')
			return false;
		length = strcspn(at, " \t\r\n/>");
		colon = memchr(at, ':', length);
		if (colon) {
			length -= (size_t)(colon + 1 - at);
			at = colon + 1;
		}
		return strncmp((const char *)node->name, at, length) == 0 &&
		       node->name[length] == '\0';
	default:
		return false;
	}
}

static bool closes_itself(const char *end)
{
	return end[-2] == '/';
}

/* Walk the markup and the tree side by side. Returns where the root's end tag
 * ends, or NULL where the two differ, which they never should. */
static const char *follow_root(xmlNodePtr root, const char *at)
{
	xmlNodePtr parent = NULL, last = NULL;

	while (*at) {
		const char *end = token_end(at);
		xmlNodePtr node;

		if (!end)
			return NULL;
		node = !parent ? root : last ? last->next : parent->children;
		if (strncmp(at, "</", 2) == 0) {
			if (!parent || node)
				return NULL;
			last = parent;
			parent = parent == root ? NULL : parent->parent;
		} else {
			if (!node || !token_is(at, node))
				return NULL;
			node->_private = (void *)at;
			last = node;
			if (node->type == XML_ELEMENT_NODE && !closes_itself(end)) {
				parent = node;
				last = NULL;
			} else if (node->children) {
				return NULL;
			}
		}
		at = end;
		if (!parent)
			return at;
	}
	return NULL;
}

/* In these every character of markup is one byte, and what is added is the same. */
static bool is_plain_encoding(const xmlDoc *doc)
{
	const xmlChar *name = doc->encoding;

	return !name || xmlStrcasecmp(name, (const xmlChar *)"UTF-8") == 0 ||
	       xmlStrcasecmp(name, (const xmlChar *)"US-ASCII") == 0 ||
	       xmlStrcasecmp(name, (const xmlChar *)"ASCII") == 0;
}

void vtune__xml_follow(struct _xmlDoc *doc, const char *text)
{
	xmlNodePtr root = xmlDocGetRootElement(doc);
	const char *at = text;

	if (!is_plain_encoding(doc))
		return;
	while (at && *at && (*at != '<' || at[1] == '?' || at[1] == '!'))
		at = token_end(at);
	doc->_private = at ? (void *)follow_root(root, at) : NULL;
}

/* One run of the writer. */
struct printing {
	xmlTextWriterPtr writer;
	const char *newline;
	char quote;
	bool failed;
};

static void note(struct printing *print, int result)
{
	if (result < 0)
		print->failed = true;
}

static void put(struct printing *print, const char *from, size_t length)
{
	note(print, xmlTextWriterWriteRawLen(print->writer, (const xmlChar *)from, (int)length));
}

/* What a character of a text is written as. */
static const char *escape(const struct printing *print, char character)
{
	switch (character) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '\r':
		return "&#13;";
	default:
		return print->newline;
	}
}

/* The writer's own function escapes nothing while all around is copied. Quotes stay, as
 * libvirt writes them, too: a plan is full of them. */
static void put_text(struct printing *print, const xmlChar *text)
{
	const char *at = (const char *)text;

	print->failed = print->failed || !at;
	while (at && *at) {
		size_t length = strcspn(at, "<>&\r\n");
		const char *instead;

		if (length > 0)
			put(print, at, length);
		at += length;
		if (*at == '\0')
			break;
		instead = escape(print, *at++);
		put(print, instead, strlen(instead));
	}
}

static void put_attribute(struct printing *print, const xmlNs *ns, const xmlChar *name,
			  const xmlChar *value)
{
	/* The writer escapes double quotes, but not single ones. */
	char quote = strchr((const char *)value, '\'') ? '"' : print->quote;

	note(print, xmlTextWriterSetQuoteChar(print->writer, (xmlChar)quote));
	note(print, xmlTextWriterWriteAttributeNS(print->writer, ns ? ns->prefix : NULL, name, NULL,
						  value));
}

static void put_start(struct printing *print, const xmlNode *node)
{
	note(print, xmlTextWriterStartElementNS(print->writer, node->ns ? node->ns->prefix : NULL,
						node->name, NULL));
	for (const xmlAttr *attribute = node->properties; attribute; attribute = attribute->next) {
		const xmlNode *value = attribute->children;

		put_attribute(print, attribute->ns, attribute->name,
			      value ? value->content : (const xmlChar *)"");
	}
	for (const xmlNs *ns = node->nsDef; ns; ns = ns->next) {
		const xmlNs xmlns = { .prefix = (const xmlChar *)"xmlns" };

		put_attribute(print, ns->prefix ? &xmlns : NULL,
			      ns->prefix ? ns->prefix : xmlns.prefix, ns->href);
	}
}

/* The start tag in the source; NULL when it cannot be copied. */
static const char *source_tag(const xmlNode *node)
{
	const char *at = node->_private;

	return at && node->children && closes_itself(token_end(at)) ? NULL : at;
}

static void enter(struct printing *print, const xmlNode *node)
{
	const char *at = node->_private;

	if (node->type == XML_ELEMENT_NODE) {
		at = source_tag(node);
		if (!at)
			put_start(print, node);
	} else if (!at) {
		put_text(print, node->content);
	}
	if (at)
		put(print, at, (size_t)(token_end(at) - at));
}

static void leave(struct printing *print, const xmlNode *node)
{
	const char *at;

	if (node->type != XML_ELEMENT_NODE)
		return;
	at = source_tag(node);
	if (!at) {
		note(print, xmlTextWriterEndElement(print->writer));
	} else if (!closes_itself(token_end(at))) {
		put(print, "</", 2);
		put(print, at + 1, strcspn(at + 1, " \t\r\n/>"));
		put(print, ">", 1);
	}
}

static void print_tree(struct printing *print, const xmlNode *root)
{
	const xmlNode *node = root;

	while (node) {
		enter(print, node);
		if (node->children) {
			node = node->children;
			continue;
		}
		leave(print, node);
		while (node != root && !node->next) {
			node = node->parent;
			leave(print, node);
		}
		node = node == root ? NULL : node->next;
	}
}

static void free_buffer(xmlBufferPtr *buffer)
{
	if (*buffer)
		xmlBufferFree(*buffer);
}

/* Attributes are quoted as the first one of the source is, else as libvirt does. */
static char quote_of(const xmlNode *root)
{
	const char *at = root->_private;

	if (!at)
		return '\'';
	at += strcspn(at, "\"'>");
	return *at == '"' ? '"' : '\'';
}

/* Lines end as the first one of the source does. */
static const char *newline_of(const char *text)
{
	size_t length = text ? strcspn(text, "\n") : 0;

	return length > 0 && text[length] && text[length - 1] == '\r' ? "\r\n" : "\n";
}

static int print_root(struct vtune__text *out, xmlNodePtr root, const char *text,
		      struct vtune_error **err)
{
	xmlBufferPtr buffer VTUNE__CLEANUP(free_buffer) = xmlBufferCreate();
	struct printing print = { .quote = quote_of(root), .newline = newline_of(text) };

	if (buffer)
		print.writer = xmlNewTextWriterMemory(buffer, 0);
	if (!print.writer)
		return vtune__fail_memory(err);
	print_tree(&print, root);
	note(&print, xmlTextWriterFlush(print.writer));
	xmlFreeTextWriter(print.writer);
	if (print.failed)
		return vtune__fail_memory(err);
	vtune__text_add_bytes(out, (const char *)xmlBufferContent(buffer),
			      (size_t)xmlBufferLength(buffer));
	return 0;
}

/* libxml2's own style, for what could not be followed. */
static char *print_plain(xmlDocPtr doc, struct vtune_error **err)
{
	struct vtune__text out = { 0 };
	xmlChar *chars = NULL;
	int length = 0;

	xmlDocDumpMemoryEnc(doc, &chars, &length,
			    doc->encoding ? (const char *)doc->encoding : "UTF-8");
	if (!chars) {
		vtune__fail_memory(err);
		return NULL;
	}
	if (memchr(chars, 0, (size_t)length))
		vtune__fail(err, VTUNE_ERR_UNSUPPORTED, NULL,
			    "the document says that it is in %s, which is not supported; "
			    "convert it to UTF-8",
			    doc->encoding);
	else
		vtune__text_add_bytes(&out, (const char *)chars, (size_t)length);
	xmlFree(chars);
	return out.length || out.failed ? vtune__text_take(&out, err) : NULL;
}

char *vtune__xml_print(struct _xmlDoc *doc, const char *text, struct vtune_error **err)
{
	xmlNodePtr root = xmlDocGetRootElement(doc);
	struct vtune__text out VTUNE__CLEANUP(vtune__text_free) = { 0 };
	const char *rest = doc->_private;

	if (text && !rest)
		return print_plain(doc, err);
	if (rest)
		vtune__text_add_bytes(&out, text, (size_t)((const char *)root->_private - text));
	if (print_root(&out, root, text, err) < 0)
		return NULL;
	vtune__text_add(&out, rest ? rest : "\n");
	return vtune__text_take(&out, err);
}
