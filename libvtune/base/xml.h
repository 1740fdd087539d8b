/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML, through the only door to libxml2 (xml*.c here): no network, no entities
 * expanded, nothing printed. Nodes are owned by their document. */
#ifndef VTUNE_XML_H
#define VTUNE_XML_H

#include "base.h"

struct _xmlDoc;
struct _xmlNode;

/* ---- xml.c: parse and read ---- */

/* Parse; what names the document in errors ("capabilities", "domain"), and the
 * root element must have that name. */
struct _xmlDoc *vtune__xml_parse(const char *text, const char *root, struct vtune_error **err);
void vtune__xml_free(struct _xmlDoc **doc); /* for VTUNE__CLEANUP */
struct _xmlNode *vtune__xml_root(struct _xmlDoc *doc);
/* The first child element of that name (NULL: of any), and the next one after it. */
struct _xmlNode *vtune__xml_child(struct _xmlNode *node, const char *name);
struct _xmlNode *vtune__xml_next(struct _xmlNode *node, const char *name);
/* The one before it. */
struct _xmlNode *vtune__xml_prev(struct _xmlNode *node, const char *name);
/* The first child element in a namespace, whatever its name, and the next one. */
struct _xmlNode *vtune__xml_child_in(struct _xmlNode *node, const char *uri);
struct _xmlNode *vtune__xml_next_in(struct _xmlNode *node, const char *uri);
/* A descendant by a way like "host/topology/cells"; NULL when any is missing. */
struct _xmlNode *vtune__xml_path(struct _xmlNode *node, const char *way);
const char *vtune__xml_name(const struct _xmlNode *node);
/* A new string, NULL when the attribute is missing (or out of memory). */
char *vtune__xml_attribute(struct _xmlNode *node, const char *name);
/* The same, owned by the document and valid until the attribute changes; NULL
 * only when it is missing. */
const char *vtune__xml_peek(const struct _xmlNode *node, const char *name);
/* Is the attribute of a node, which may be NULL, that value? */
bool vtune__xml_is(const struct _xmlNode *node, const char *name, const char *value);
/* The attribute as a number; false when it is missing or none. */
bool vtune__xml_peek_uint(const struct _xmlNode *node, const char *name, uint64_t *out);
/* The text inside, a new string; NULL when out of memory. */
char *vtune__xml_text(struct _xmlNode *node);
/* The same, owned by the document; NULL where it is in more than one piece. */
const char *vtune__xml_peek_text(const struct _xmlNode *node);
/* An attribute that must be there and be a number of at most max; errors name
 * the element's place (its line). */
int vtune__xml_uint(struct _xmlNode *node, const char *attribute, uint64_t max, uint64_t *out,
		    struct vtune_error **err);
/* An error whose place is the way to the node, with its line before the message. */
int vtune__xml_fail(struct _xmlNode *node, struct vtune_error **err, enum vtune_error_code code,
		    const char *format, ...) VTUNE__PRINTF(4, 5);

/* ---- xml-edit.c: change, with new elements indented as their siblings are ---- */

/* A new document of one element. */
struct _xmlDoc *vtune__xml_new(const char *root, struct vtune_error **err);
/* These leave alone what already has the value, so that it is written as it was. */
int vtune__xml_set(struct _xmlNode *node, const char *attribute, const char *value,
		   struct vtune_error **err);
int vtune__xml_set_uint(struct _xmlNode *node, const char *attribute, uint64_t value,
			struct vtune_error **err);
int vtune__xml_set_of(struct _xmlNode *node, const char *attribute, const struct vtune__set *set,
		      struct vtune_error **err);
int vtune__xml_set_text(struct _xmlNode *node, const char *text, struct vtune_error **err);
void vtune__xml_unset(struct _xmlNode *node, const char *attribute);
/* The first child element of that name. Where there is none it is made: behind
 * the last one that comes before it in order, a list that ends with NULL. */
struct _xmlNode *vtune__xml_ensure(struct _xmlNode *parent, const char *name,
				   const char *const *order, struct vtune_error **err);
/* A new child element: behind the last one of that name, else where vtune__xml_ensure() puts
 * it. */
struct _xmlNode *vtune__xml_append(struct _xmlNode *parent, const char *name,
				   const char *const *order, struct vtune_error **err);
/* The child elements of one name that an attribute numbers. Set the first four;
 * order is as for vtune__xml_ensure(). */
struct vtune__xml_list {
	struct _xmlNode *parent;
	const char *name, *key;
	const char *const *order;
	struct vtune__set there;
	struct _xmlNode *last;
};

/* First: remove those whose number is not in keep, and those that repeat one. */
int vtune__xml_list_keep(struct vtune__xml_list *list, const struct vtune__set *keep,
			 struct vtune_error **err);
/* Then: the one of that number, made behind the one before when it is missing. */
struct _xmlNode *vtune__xml_list_at(struct vtune__xml_list *list, unsigned int number,
				    struct vtune_error **err);
void vtune__xml_list_free(struct vtune__xml_list *list); /* for VTUNE__CLEANUP */
/* A new element, with its namespace declared on it, behind all children. */
struct _xmlNode *vtune__xml_append_in(struct _xmlNode *parent, const char *prefix, const char *uri,
				      const char *name, struct vtune_error **err);
/* Remove an element and the blanks before it. */
void vtune__xml_remove(struct _xmlNode *node);
/* The same where nothing but blanks and attributes is left in it; NULL is ignored. */
void vtune__xml_remove_empty(struct _xmlNode *node);

/* ---- xml-tree.c: whole elements ---- */

/* Put a copy of node, which may be of another document, in the place of old. */
int vtune__xml_replace(struct _xmlNode *old, struct _xmlNode *node, struct vtune_error **err);
/* A new document of a copy of node, with another name and without its attributes. */
struct _xmlDoc *vtune__xml_copy_as(struct _xmlNode *node, const char *name,
				   struct vtune_error **err);
/* Do two elements say the same? Comments, blanks and the order of attributes do not
 * matter, nor do attributes that b alone has and that are in added, a list of
 * "element/attribute" that ends with NULL. */
bool vtune__xml_same(const struct _xmlNode *a, const struct _xmlNode *b, const char *const *added);
/* Is there nothing in the element but attributes of such a list? */
bool vtune__xml_says_only(const struct _xmlNode *node, const char *const *added);

/* ---- xml-write.c ---- */

/* Note where in text, which doc was parsed from, every node stands, so that what
 * is not changed is written byte for byte as it was. Call it before any change;
 * text must outlive the document. */
void vtune__xml_follow(struct _xmlDoc *doc, const char *text);
/* The document as a new string. text: what vtune__xml_follow() was given, or NULL. */
char *vtune__xml_print(struct _xmlDoc *doc, const char *text, struct vtune_error **err);

#endif
