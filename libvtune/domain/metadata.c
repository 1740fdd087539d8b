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

static int read_text(struct _xmlNode *domain, const struct kept *kept, char **text,
		     struct vtune_error **err)
{
	struct _xmlNode *node = find(domain, kept);

	if (!node)
		return 0;
	*text = vtune__xml_text(node);
	return *text ? 0 : vtune__fail_memory(err);
}

static char *read_one(const char *xml, const struct kept *kept, struct vtune_error **err)
{
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) = vtune__xml_parse(xml, "domain", err);
	char *text = NULL;

	if (doc)
		read_text(vtune__xml_root(doc), kept, &text, err);
	return text;
}

int vtune__metadata_read(struct _xmlNode *domain, char **plan, char **former,
			 struct vtune_error **err)
{
	if (read_text(domain, &kept_plan, plan, err) < 0)
		return -1;
	return read_text(domain, &kept_former, former, err);
}

struct vtune_plan *vtune__metadata_plan_of(const char *text, struct vtune_error **err)
{
	struct vtune_plan *plan = text ? vtune_plan_from_json(text, err) : NULL;

	if (text && !plan)
		vtune__error_prefix(err, "The plan in the domain's metadata (" VTUNE__PLAN_URI ")");
	return plan;
}

struct vtune_plan *vtune__metadata_plan(const char *xml, struct vtune_error **err)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = read_one(xml, &kept_plan, err);

	return vtune__metadata_plan_of(text, err);
}

int vtune__metadata_forgive(struct vtune_error *unsound, struct vtune_error **err)
{
	int code = vtune_error_get_code(unsound);

	vtune_error_free(unsound);
	return code == VTUNE_ERR_NO_MEMORY ? vtune__fail_memory(err) : 0;
}

/* What a plan sets: what it warns of also depends on what it was made of. *out stays NULL
 * where the text is no plan. */
static int print_bare(const char *json, char **out, struct vtune_error **err)
{
	struct vtune_error *unsound = NULL;
	struct vtune_plan *plan = vtune_plan_from_json(json, &unsound);
	unsigned int nwarnings;

	if (!plan)
		return vtune__metadata_forgive(unsound, err);
	nwarnings = plan->nwarnings;
	plan->nwarnings = 0;
	*out = vtune__plan_to_compact_json(plan, err);
	plan->nwarnings = nwarnings;
	vtune_plan_free(plan);
	return *out ? 0 : -1;
}

/* Texts are compared first, which is many times as fast; another version of libvtune may
 * have written another text for the same plan. One that cannot be read is another one. */
int vtune__metadata_same_plan(const char *ours, const char *theirs, struct vtune_error **err)
{
	char *mine VTUNE__CLEANUP(vtune__free_string) = NULL;
	char *other VTUNE__CLEANUP(vtune__free_string) = NULL;

	if (!theirs)
		return 0;
	if (strcmp(ours, theirs) == 0)
		return 1;
	if (print_bare(theirs, &other, err) < 0 || (other && print_bare(ours, &mine, err) < 0))
		return -1;
	return mine && other && strcmp(mine, other) == 0;
}

char *vtune__metadata_former(const char *xml, struct vtune_error **err)
{
	return read_one(xml, &kept_former, err);
}

/* ---- writing ---- */

char *vtune__metadata_element(const char *name, const char *text, struct vtune_error **err)
{
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) = vtune__xml_new(name, err);

	if (!doc || vtune__xml_set_text(vtune__xml_root(doc), text, err) < 0)
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

void vtune__metadata_keep_plan(struct _xmlNode *domain)
{
	struct _xmlNode *metadata = vtune__xml_child(domain, "metadata");
	struct _xmlNode *plan = find(domain, &kept_plan), *node, *next;

	for (node = metadata ? vtune__xml_child(metadata, NULL) : NULL; node; node = next) {
		next = vtune__xml_next(node, NULL);
		if (node != plan)
			vtune__xml_remove(node);
	}
	vtune__xml_remove_empty(metadata);
}

/* A former definition without the one before it, which would nest with every apply. */
static char *cut_former(const char *xml, struct vtune_error **err)
{
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) = vtune__xml_parse(xml, "domain", err);

	if (!doc) {
		vtune__error_prefix(err, "The former definition");
		return NULL;
	}
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

char *vtune__metadata_put_text(const char *xml, const char *plan, const char *former,
			       struct vtune_error **err)
{
	char *cut VTUNE__CLEANUP(vtune__free_string) = NULL;

	if (former && strstr(former, VTUNE__FORMER_URI)) {
		cut = cut_former(former, err);
		if (!cut)
			return NULL;
		former = cut;
	}
	return put_both(xml, plan, former, err);
}

char *vtune__metadata_put(const char *xml, const struct vtune_plan *plan, const char *former,
			  struct vtune_error **err)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = NULL;

	if (plan && !(text = vtune__plan_to_compact_json(plan, err)))
		return NULL;
	return vtune__metadata_put_text(xml, text, former, err);
}
