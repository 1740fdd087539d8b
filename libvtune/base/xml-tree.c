/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML: whole elements, with all that is in them. */
#include <stdio.h>
#include <string.h>

#include <libxml/tree.h>

#include "xml.h"

int vtune__xml_replace(struct _xmlNode *old, struct _xmlNode *node, struct vtune_error **err)
{
	static const char *const none[] = { NULL };
	xmlNodePtr copy = xmlDocCopyNode(node, old->doc, 1);

	/* Out of memory, libxml2 may also leave out a part. */
	if (!copy || !vtune__xml_same(node, copy, none)) {
		xmlFreeNode(copy);
		return vtune__fail_memory(err);
	}
	xmlReplaceNode(old, copy);
	xmlFreeNode(old);
	return 0;
}

struct _xmlDoc *vtune__xml_copy_as(struct _xmlNode *node, const char *name,
				   struct vtune_error **err)
{
	struct _xmlDoc *doc = vtune__xml_new(name, err);
	xmlNodePtr copy = doc ? xmlDocCopyNode(node, doc, 1) : NULL;

	if (!copy) {
		if (doc)
			vtune__fail_memory(err);
		vtune__xml_free(&doc);
		return NULL;
	}
	xmlNodeSetName(copy, (const xmlChar *)name);
	while (copy->properties)
		xmlRemoveProp(copy->properties);
	xmlFreeNode(xmlDocSetRootElement(doc, copy));
	return doc;
}

static bool is_in(const char *const *list, const xmlNode *node, const xmlChar *attribute)
{
	char way[128];

	snprintf(way, sizeof(way), "%s/%s", (const char *)node->name, (const char *)attribute);
	for (; *list; list++) {
		if (strcmp(*list, way) == 0)
			return true;
	}
	return false;
}

static bool has_attributes_of(const xmlNode *a, const xmlNode *b, const char *const *but)
{
	for (const xmlAttr *attribute = b->properties; attribute; attribute = attribute->next) {
		const char *name = (const char *)attribute->name;
		const char *theirs = name ? vtune__xml_peek(b, name) : NULL;
		const char *ours = name ? vtune__xml_peek(a, name) : NULL;

		if (!name)
			return false;
		if (ours ? strcmp(ours, theirs ? theirs : "") != 0
			 : !is_in(but, b, attribute->name))
			return false;
	}
	return true;
}

static bool is_word(const xmlNode *node)
{
	return node->type == XML_ELEMENT_NODE || node->type == XML_ENTITY_REF_NODE ||
	       ((node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) &&
		!xmlIsBlankNode(node));
}

static const xmlNode *first_word(const xmlNode *node)
{
	while (node && !is_word(node))
		node = node->next;
	return node;
}

static bool says_same(const xmlNode *a, const xmlNode *b, const char *const *added)
{
	static const char *const none[] = { NULL };

	if (a->type != b->type)
		return false;
	if (a->type != XML_ELEMENT_NODE)
		return xmlStrEqual(a->content, b->content);
	return xmlStrEqual(a->name, b->name) && has_attributes_of(a, b, added) &&
	       has_attributes_of(b, a, none);
}

bool vtune__xml_same(const struct _xmlNode *a, const struct _xmlNode *b, const char *const *added)
{
	const xmlNode *root = a;

	for (;;) {
		const xmlNode *ours, *theirs;

		if (!says_same(a, b, added))
			return false;
		ours = first_word(a->children);
		theirs = first_word(b->children);
		while (!ours && !theirs) {
			if (a == root)
				return true;
			ours = first_word(a->next);
			theirs = first_word(b->next);
			if (ours || theirs)
				break;
			a = a->parent;
			b = b->parent;
		}
		if (!ours || !theirs)
			return false;
		a = ours;
		b = theirs;
	}
}

bool vtune__xml_says_only(const struct _xmlNode *node, const char *const *added)
{
	for (const xmlAttr *attribute = node->properties; attribute; attribute = attribute->next)
		if (!is_in(added, node, attribute->name))
			return false;
	return first_word(node->children) == NULL;
}
