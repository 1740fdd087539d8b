/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML: change a document. The _private field of a node is where it stands in the
 * source (see xml-write.c); whatever changes a node takes that away from it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <libxml/tree.h>
#include <libxml/xmlstring.h>

#include "xml.h"

/* What XML 1.0 cannot hold in any form: control characters, and U+FFFE, U+FFFF. */
static bool is_xml_text(const char *text)
{
	const unsigned char *byte = (const unsigned char *)text;

	if (!xmlCheckUTF8(byte) || strstr(text, "\xEF\xBF\xBE") || strstr(text, "\xEF\xBF\xBF"))
		return false;
	while (*byte >= ' ' || *byte == '\t' || *byte == '\n' || *byte == '\r')
		byte++;
	return *byte == '\0';
}

static int check_text(const xmlNode *node, const char *text, struct vtune_error **err)
{
	if (is_xml_text(text))
		return 0;
	return vtune__fail(err, VTUNE_ERR_INVALID, (const char *)node->name,
			   "The text for <%s> has a character that XML cannot hold", node->name);
}

static bool is_blank(const xmlNode *node)
{
	return node->type == XML_TEXT_NODE && xmlIsBlankNode(node);
}

static void discard(xmlNodePtr node)
{
	xmlUnlinkNode(node);
	xmlFreeNode(node);
}

/* Out of memory, libxml2 may also return a node without its name or content. */
static xmlNodePtr new_element(xmlDocPtr doc, const char *name, struct vtune_error **err)
{
	xmlNodePtr node = xmlNewDocNode(doc, NULL, (const xmlChar *)name, NULL);

	if (node && node->name)
		return node;
	xmlFreeNode(node);
	vtune__fail_memory(err);
	return NULL;
}

static xmlNodePtr new_text(xmlDocPtr doc, const char *content, struct vtune_error **err)
{
	xmlNodePtr node = xmlNewDocText(doc, (const xmlChar *)content);

	if (node && node->content)
		return node;
	xmlFreeNode(node);
	vtune__fail_memory(err);
	return NULL;
}

struct _xmlDoc *vtune__xml_new(const char *root, struct vtune_error **err)
{
	xmlDocPtr doc = xmlNewDoc((const xmlChar *)"1.0");
	xmlNodePtr node;

	if (!doc) {
		vtune__fail_memory(err);
		return NULL;
	}
	node = new_element(doc, root, err);
	if (node)
		xmlDocSetRootElement(doc, node);
	else
		vtune__xml_free(&doc);
	return doc;
}

int vtune__xml_set(struct _xmlNode *node, const char *attribute, const char *value,
		   struct vtune_error **err)
{
	const char *now = vtune__xml_peek(node, attribute);

	if (now && strcmp(now, value) == 0)
		return 0;
	if (check_text(node, value, err) < 0)
		return -1;
	node->_private = NULL;
	xmlSetProp(node, (const xmlChar *)attribute, (const xmlChar *)value);
	/* Out of memory may leave an attribute without its value. */
	now = vtune__xml_peek(node, attribute);
	if (!now || strcmp(now, value) != 0)
		return vtune__fail_memory(err);
	return 0;
}

int vtune__xml_set_uint(struct _xmlNode *node, const char *attribute, uint64_t value,
			struct vtune_error **err)
{
	char text[24];
	uint64_t now;

	if (vtune__xml_peek_uint(node, attribute, &now) && now == value)
		return 0;
	snprintf(text, sizeof(text), "%" PRIu64, value);
	return vtune__xml_set(node, attribute, text, err);
}

int vtune__xml_set_of(struct _xmlNode *node, const char *attribute, const struct vtune__set *set,
		      struct vtune_error **err)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = vtune__set_print(set);

	return text ? vtune__xml_set(node, attribute, text, err) : vtune__fail_memory(err);
}

void vtune__xml_unset(struct _xmlNode *node, const char *attribute)
{
	xmlAttrPtr found = xmlHasNsProp(node, (const xmlChar *)attribute, NULL);

	if (!found)
		return;
	node->_private = NULL;
	xmlRemoveProp(found);
}

int vtune__xml_set_text(struct _xmlNode *node, const char *text, struct vtune_error **err)
{
	char *now VTUNE__CLEANUP(vtune__free_string) = vtune__xml_text(node);
	xmlNodePtr child, next;

	if (!now)
		return vtune__fail_memory(err);
	if (strcmp(now, text) == 0)
		return 0;
	if (check_text(node, text, err) < 0)
		return -1;
	for (child = node->children; child; child = next) {
		next = child->next;
		if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
			discard(child);
	}
	child = new_text(node->doc, text, err);
	if (!child)
		return -1;
	xmlAddChild(node, child);
	return 0;
}

/* The line break and blanks that stand before the children of a node, or NULL
 * where they all stand in one line. */
static const char *child_indent(const xmlNode *parent)
{
	for (const xmlNode *child = parent->children; child; child = child->next) {
		const char *newline;

		if (!child->next || !is_blank(child))
			continue;
		newline = strrchr((const char *)child->content, '\n');
		if (newline)
			return newline;
	}
	return NULL;
}

static int add_blanks(xmlNodePtr at, xmlNodePtr (*add)(xmlNodePtr, xmlNodePtr), const char *blanks,
		      struct vtune_error **err)
{
	xmlNodePtr text;

	if (!blanks)
		return 0;
	text = new_text(at->doc, blanks, err);
	if (!text)
		return -1;
	add(at, text);
	return 0;
}

/* Put the first child into a node, one step deeper than the node itself. */
static int insert_only(xmlNodePtr parent, xmlNodePtr node, struct vtune_error **err)
{
	const xmlNode *root = xmlDocGetRootElement(parent->doc);
	char *inner VTUNE__CLEANUP(vtune__free_string) = NULL;
	const char *outer, *step;
	struct vtune__text text = { 0 };

	while (parent->children)
		discard(parent->children);
	xmlAddChild(parent, node);
	outer = parent == root ? "\n" : child_indent(parent->parent);
	if (!outer)
		return 0;
	step = parent == root ? "\n  " : child_indent(root);
	vtune__text_add(&text, outer);
	vtune__text_add(&text, step ? step + 1 : "");
	inner = vtune__text_take(&text, err);
	if (!inner || add_blanks(node, xmlAddPrevSibling, inner, err) < 0)
		return -1;
	return add_blanks(node, xmlAddNextSibling, outer, err);
}

/* A comment behind an element in the same line belongs to it. */
static xmlNodePtr comment_in_line(const xmlNode *node)
{
	xmlNodePtr next = node->next;

	if (next && is_blank(next) && !strchr((const char *)next->content, '\n'))
		next = next->next;
	if (next && (next->type == XML_COMMENT_NODE || next->type == XML_PI_NODE))
		return next;
	return NULL;
}

static int insert_behind(xmlNodePtr place, xmlNodePtr node, struct vtune_error **err)
{
	const char *indent = child_indent(place->parent);
	xmlNodePtr comment;

	while ((comment = comment_in_line(place)))
		place = comment;
	/* In this order no text is next to another one, which would merge them. */
	xmlAddNextSibling(place, node);
	return add_blanks(node, xmlAddPrevSibling, indent, err);
}

static int insert_before(xmlNodePtr place, xmlNodePtr node, struct vtune_error **err)
{
	const char *indent = child_indent(place->parent);

	xmlAddPrevSibling(place, node);
	if (place->type == XML_TEXT_NODE)
		return 0;
	return add_blanks(node, xmlAddNextSibling, indent, err);
}

static size_t rank_of(const xmlNode *node, const char *const *order)
{
	size_t rank = 0;

	while (order[rank] && strcmp(order[rank], (const char *)node->name) != 0)
		rank++;
	return rank;
}

static int insert_in_order(xmlNodePtr parent, xmlNodePtr node, const char *const *order,
			   struct vtune_error **err)
{
	size_t rank = rank_of(node, order);
	xmlNodePtr behind = NULL, first = NULL, last = NULL;

	for (xmlNodePtr child = parent->children; child; child = child->next) {
		if (is_blank(child))
			continue;
		if (!first)
			first = child;
		last = child;
		if (child->type == XML_ELEMENT_NODE && !child->ns && rank_of(child, order) < rank)
			behind = child;
	}
	if (behind)
		return insert_behind(behind, node, err);
	if (!first)
		return insert_only(parent, node, err);
	/* Comments alone are a heading; with elements, the first place is free. */
	if (!vtune__xml_child(parent, NULL) && last->type == XML_COMMENT_NODE)
		return insert_behind(last, node, err);
	return insert_before(first, node, err);
}

static xmlNodePtr add(xmlNodePtr parent, const char *name, xmlNodePtr behind,
		      const char *const *order, struct vtune_error **err)
{
	xmlNodePtr node = new_element(parent->doc, name, err);
	int result;

	if (!node)
		return NULL;
	if (behind)
		result = insert_behind(behind, node, err);
	else
		result = insert_in_order(parent, node, order, err);
	return result < 0 ? NULL : node;
}

struct _xmlNode *vtune__xml_ensure(struct _xmlNode *parent, const char *name,
				   const char *const *order, struct vtune_error **err)
{
	xmlNodePtr node = vtune__xml_child(parent, name);

	return node ? node : add(parent, name, NULL, order, err);
}

struct _xmlNode *vtune__xml_append(struct _xmlNode *parent, const char *name,
				   const char *const *order, struct vtune_error **err)
{
	xmlNodePtr last = NULL;

	for (xmlNodePtr node = vtune__xml_child(parent, name); node;
	     node = vtune__xml_next(node, name))
		last = node;
	return add(parent, name, last, order, err);
}

struct _xmlNode *vtune__xml_append_in(struct _xmlNode *parent, const char *prefix, const char *uri,
				      const char *name, struct vtune_error **err)
{
	xmlNodePtr node = new_element(parent->doc, name, err);
	xmlNodePtr last = parent->last;
	xmlNsPtr ns = NULL;
	int result;

	if (!node)
		return NULL;
	ns = xmlNewNs(node, (const xmlChar *)uri, (const xmlChar *)prefix);
	/* Out of memory may leave a namespace without its name. */
	if (!ns || !ns->href || !ns->prefix) {
		xmlFreeNode(node);
		vtune__fail_memory(err);
		return NULL;
	}
	xmlSetNs(node, ns);
	while (last && is_blank(last))
		last = last->prev;
	result = last ? insert_behind(last, node, err) : insert_only(parent, node, err);
	return result < 0 ? NULL : node;
}

static bool has_key(const xmlNode *node, const char *key, unsigned int number)
{
	uint64_t value;

	return vtune__xml_peek_uint(node, key, &value) && value == number;
}

int vtune__xml_list_keep(struct vtune__xml_list *list, const struct vtune__set *keep,
			 struct vtune_error **err)
{
	xmlNodePtr node, next;

	for (node = vtune__xml_child(list->parent, list->name); node; node = next) {
		uint64_t number;

		next = vtune__xml_next(node, list->name);
		if (!vtune__xml_peek_uint(node, list->key, &number) || number > UINT32_MAX ||
		    !vtune__set_has(keep, (unsigned int)number) ||
		    vtune__set_has(&list->there, (unsigned int)number))
			vtune__xml_remove(node);
		else if (vtune__set_add(&list->there, (unsigned int)number) < 0)
			return vtune__fail_memory(err);
	}
	return 0;
}

struct _xmlNode *vtune__xml_list_at(struct vtune__xml_list *list, unsigned int number,
				    struct vtune_error **err)
{
	xmlNodePtr node;

	if (!vtune__set_has(&list->there, number)) {
		node = add(list->parent, list->name, list->last, list->order, err);
		if (!node || vtune__xml_set_uint(node, list->key, number, err) < 0)
			return NULL;
		list->last = node;
		return node;
	}
	/* Mostly they stand in order, so that the search ends at once. */
	node = list->last ? vtune__xml_next(list->last, list->name) : NULL;
	if (!node || !has_key(node, list->key, number))
		node = vtune__xml_child(list->parent, list->name);
	while (!has_key(node, list->key, number))
		node = vtune__xml_next(node, list->name);
	list->last = node;
	return node;
}

void vtune__xml_list_free(struct vtune__xml_list *list)
{
	vtune__set_free(&list->there);
}

void vtune__xml_remove(struct _xmlNode *node)
{
	/* A comment that shared its line with the element keeps the indentation. */
	xmlNodePtr blanks = comment_in_line(node) ? node->next : node->prev;

	if (blanks && is_blank(blanks))
		discard(blanks);
	discard(node);
}

void vtune__xml_remove_empty(struct _xmlNode *node)
{
	if (!node)
		return;
	for (const xmlNode *child = node->children; child; child = child->next) {
		if (!is_blank(child))
			return;
	}
	vtune__xml_remove(node);
}
