/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Of libvirt capabilities XML, which CPUs are in one socket, die and cluster. */
#include <stdlib.h>

#include "../base/xml.h"

#include "sources.h"

/* Linux numbers sockets as the firmware does; the type is an int. */
#define MAX_SOCKET INT32_MAX

enum kind { SOCKET, DIE, CLUSTER };

/* A set of the draft, by the numbers that libvirt gives its CPUs. */
struct vtune__part {
	enum kind kind;
	unsigned int socket, die, cluster;
	unsigned int place; /* in the draft's list of its kind */
};

/* Sockets, dies and clusters are numbered in the one that they are in, and may span several
 * cells. libvirt says 0 of what the architecture does not have. */
static bool are_same_part(const struct vtune__part *a, const struct vtune__part *b)
{
	return a->kind == b->kind && a->socket == b->socket && a->die == b->die &&
	       a->cluster == b->cluster;
}

static struct vtune__set *new_set(struct vtune__draft *draft, enum kind kind, unsigned int *place,
				  struct vtune_error **err)
{
	struct vtune__set *set;

	if (kind == SOCKET) {
		*place = draft->npackages;
		set = vtune__draft_add_package(draft, err);
	} else if (kind == DIE) {
		*place = draft->ndies;
		set = vtune__draft_add_die(draft, err);
	} else {
		*place = draft->nclusters;
		set = vtune__draft_add_cluster(draft, err);
	}
	return set;
}

static struct vtune__set *set_of_part(struct vtune__parts *parts, struct vtune__draft *draft,
				      const struct vtune__part *part, struct vtune_error **err)
{
	struct vtune__set *const sets[] = { draft->packages, draft->dies, draft->clusters };
	struct vtune__part *added;

	/* Most often it is that of the CPU before. */
	for (unsigned int i = parts->count; i-- > 0;)
		if (are_same_part(&parts->list[i], part))
			return &sets[part->kind][parts->list[i].place];
	added = vtune__grow((void **)&parts->list, &parts->count, sizeof(*added), err);
	if (!added)
		return NULL;
	*added = *part;
	return new_set(draft, part->kind, &added->place, err);
}

static int read_number(struct _xmlNode *cpu, const char *name, unsigned int *out,
		       struct vtune_error **err)
{
	uint64_t value = 0;

	if (vtune__xml_peek(cpu, name) && vtune__xml_uint(cpu, name, MAX_SOCKET, &value, err) < 0)
		return -1;
	*out = (unsigned int)value;
	return 0;
}

int vtune__capabilities_read_parts(struct vtune__parts *parts, struct vtune__draft *draft,
				   struct _xmlNode *cpu, unsigned int id, struct vtune_error **err)
{
	unsigned int socket, die, cluster;

	if (read_number(cpu, "socket_id", &socket, err) < 0 ||
	    read_number(cpu, "die_id", &die, err) < 0 ||
	    read_number(cpu, "cluster_id", &cluster, err) < 0)
		return -1;
	for (int kind = SOCKET; kind <= CLUSTER; kind++) {
		const struct vtune__part part = {
			.kind = (enum kind)kind,
			.socket = socket,
			.die = kind >= DIE ? die : 0,
			.cluster = kind >= CLUSTER ? cluster : 0,
		};
		struct vtune__set *set = set_of_part(parts, draft, &part, err);

		if (!set)
			return -1;
		if (vtune__set_add(set, id) < 0)
			return vtune__fail_memory(err);
	}
	return 0;
}

static void drop_sets(struct vtune__set **sets, unsigned int *count)
{
	for (unsigned int i = 0; i < *count; i++)
		vtune__set_free(&(*sets)[i]);
	free(*sets);
	*sets = NULL;
	*count = 0;
}

void vtune__capabilities_drop_equal_parts(struct vtune__draft *draft)
{
	unsigned int larger = draft->ndies;

	if (draft->nclusters == larger)
		drop_sets(&draft->clusters, &draft->nclusters);
	if (draft->ndies == draft->npackages)
		drop_sets(&draft->dies, &draft->ndies);
}
