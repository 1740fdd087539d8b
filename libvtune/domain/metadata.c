/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include <string.h>

#include "../base/json.h"
#include "../base/xml.h"

/* libvirt keeps one element of each namespace, directly in <metadata>. */
struct kept {
	const char *uri, *name;
};
static const struct kept kept_plan = { VTUNE__PLAN_URI, "plan" };
static const struct kept kept_former = { VTUNE__FORMER_URI, "former" };

static struct _xmlNode *find(struct _xmlNode *domain, const struct kept *kept)
{
	struct _xmlNode *metadata = vtune__xml_child(domain, "metadata");

	return metadata ? vtune__xml_child_in(metadata, kept->uri) : NULL;
}

/* ---- reading ---- */

static char *read_text(const char *xml, const struct kept *kept, struct vtune_error **err)
{
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) = vtune__xml_parse(xml, "domain", err);
	struct _xmlNode *node = doc ? find(vtune__xml_root(doc), kept) : NULL;
	char *text;

	if (!node)
		return NULL;
	text = vtune__xml_text(node);
	if (!text)
		vtune__fail_memory(err);
	return text;
}

struct vtune_plan *vtune__metadata_plan(const char *xml, struct vtune_error **err)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = read_text(xml, &kept_plan, err);
	struct vtune_plan *plan = text ? vtune_plan_from_json(text, err) : NULL;

	if (text && !plan)
		vtune__error_prefix(err, "The plan in the domain's metadata (" VTUNE__PLAN_URI ")");
	return plan;
}

char *vtune__metadata_plan_text(const struct vtune_plan *plan, struct vtune_error **err)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = vtune_plan_to_json(plan, err);
	struct vtune__json root;
	char *compact;

	if (!text || vtune__json_open(text, &root, err) < 0)
		return NULL;
	compact = vtune__json_text(&root, err);
	vtune__json_close(&root);
	return compact;
}

/* Texts are compared first, which is many times as fast; another version of libvtune may
 * have written another text for the same plan. */
int vtune__metadata_has_plan(const char *xml, const char *ours, struct vtune_error **err)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = read_text(xml, &kept_plan, NULL);
	char *theirs VTUNE__CLEANUP(vtune__free_string) = NULL;
	struct vtune_plan *carried;

	if (!text)
		return 0;
	if (strcmp(text, ours) == 0)
		return 1;
	/* One that cannot be read is another one. */
	carried = vtune_plan_from_json(text, NULL);
	if (!carried)
		return 0;
	theirs = vtune__metadata_plan_text(carried, err);
	vtune_plan_free(carried);
	return theirs ? strcmp(ours, theirs) == 0 : -1;
}

bool vtune__metadata_equal(const char *a, const char *b)
{
	static const struct kept *const all[] = { &kept_plan, &kept_former };

	for (size_t i = 0; i < VTUNE__COUNT(all); i++) {
		char *ours VTUNE__CLEANUP(vtune__free_string) = read_text(a, all[i], NULL);
		char *theirs VTUNE__CLEANUP(vtune__free_string) = read_text(b, all[i], NULL);

		if (ours && theirs ? strcmp(ours, theirs) != 0 : ours || theirs)
			return false;
	}
	return true;
}

char *vtune__metadata_former(const char *xml, struct vtune_error **err)
{
	return read_text(xml, &kept_former, err);
}

/* ---- writing ---- */

char *vtune__metadata_plan_element(const struct vtune_plan *plan, struct vtune_error **err)
{
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) = vtune__xml_new(kept_plan.name, err);
	char *text VTUNE__CLEANUP(vtune__free_string) = doc ? vtune__metadata_plan_text(plan, err)
							    : NULL;

	if (!text || vtune__xml_set_text(vtune__xml_root(doc), text, err) < 0)
		return NULL;
	return vtune__xml_print(doc, NULL, err);
}

/* The first one stays if it is as ours are: then it is written as it was. */
static struct _xmlNode *keep_one(struct _xmlNode *metadata, const struct kept *kept)
{
	struct _xmlNode *one = vtune__xml_child_in(metadata, kept->uri), *other;

	while (one &&
	       (strcmp(vtune__xml_name(one), kept->name) != 0 || !vtune__xml_peek_text(one))) {
		vtune__xml_remove(one);
		one = vtune__xml_child_in(metadata, kept->uri);
	}
	while (one && (other = vtune__xml_next_in(one, kept->uri)))
		vtune__xml_remove(other);
	return one;
}

static int put_text(struct _xmlNode *domain, const struct kept *kept, const char *text,
		    struct vtune_error **err)
{
	struct _xmlNode *metadata = vtune__domain_ensure(domain, "metadata", err);
	struct _xmlNode *node = metadata ? keep_one(metadata, kept) : NULL;

	if (metadata && !node)
		node = vtune__xml_append_in(metadata, VTUNE__METADATA_PREFIX, kept->uri, kept->name,
					    err);
	return node ? vtune__xml_set_text(node, text, err) : -1;
}

static void take_out(struct _xmlNode *domain, const struct kept *kept)
{
	struct _xmlNode *node = find(domain, kept);

	if (!node)
		return;
	for (; node; node = find(domain, kept))
		vtune__xml_remove(node);
	vtune__xml_remove_empty(vtune__xml_child(domain, "metadata"));
}

static int put(struct _xmlNode *domain, const struct kept *kept, const char *text,
	       struct vtune_error **err)
{
	if (text)
		return put_text(domain, kept, text, err);
	take_out(domain, kept);
	return 0;
}

/* A former definition without the one before it, which would nest with every apply. */
static char *cut_former(const char *xml, struct vtune_error **err)
{
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) = vtune__xml_parse(xml, "domain", err);

	if (!doc)
		return NULL;
	vtune__xml_follow(doc, xml);
	take_out(vtune__xml_root(doc), &kept_former);
	return vtune__xml_print(doc, xml, err);
}

/* Each is the text of its element; NULL takes that out. */
static char *put_both(const char *xml, const char *plan, const char *former,
		      struct vtune_error **err)
{
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) = vtune__xml_parse(xml, "domain", err);

	if (!doc)
		return NULL;
	vtune__xml_follow(doc, xml);
	if (put(vtune__xml_root(doc), &kept_plan, plan, err) < 0 ||
	    put(vtune__xml_root(doc), &kept_former, former, err) < 0)
		return NULL;
	return vtune__xml_print(doc, xml, err);
}

char *vtune__metadata_put(const char *xml, const struct vtune_plan *plan, const char *former,
			  struct vtune_error **err)
{
	char *plan_text VTUNE__CLEANUP(vtune__free_string) = NULL;
	char *former_text VTUNE__CLEANUP(vtune__free_string) = NULL;

	if (plan && !(plan_text = vtune__metadata_plan_text(plan, err)))
		return NULL;
	if (former && !(former_text = cut_former(former, err))) {
		vtune__error_prefix(err, "The former definition");
		return NULL;
	}
	return put_both(xml, plan_text, former_text, err);
}
