/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "migrate.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	enum vtune_migrate_flags flag;
	unsigned int libvirt;
	const char *name;
} flags[] = {
	{ VTUNE_MIGRATE_PEER2PEER, VIR_MIGRATE_PEER2PEER, "peer2peer" },
	{ VTUNE_MIGRATE_TUNNELLED, VIR_MIGRATE_TUNNELLED, "tunnelled" },
	{ VTUNE_MIGRATE_PERSIST, VIR_MIGRATE_PERSIST_DEST, "persistent" },
	{ VTUNE_MIGRATE_UNDEFINE_SOURCE, VIR_MIGRATE_UNDEFINE_SOURCE, "undefine source" },
};

/* libvirt tunnels between its daemons only. */
static bool is_peer2peer(const struct vtune__migration *migration)
{
	return migration->flags & (VTUNE_MIGRATE_PEER2PEER | VTUNE_MIGRATE_TUNNELLED);
}

static unsigned int libvirt_flags(const struct vtune__migration *migration)
{
	unsigned int result = VIR_MIGRATE_LIVE;

	for (unsigned int i = 0; i < VTUNE__COUNT(flags); i++) {
		if (migration->flags & flags[i].flag)
			result |= flags[i].libvirt;
	}
	return is_peer2peer(migration) ? result | VIR_MIGRATE_PEER2PEER : result;
}

char *vtune__migration_text(const struct vtune__migration *migration, struct vtune_error **err)
{
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "%s(%s, %s, live",
			 is_peer2peer(migration) ? "virDomainMigrateToURI3" : "virDomainMigrate3",
			 migration->name, migration->destination->uri);
	for (unsigned int i = 0; i < VTUNE__COUNT(flags); i++) {
		if (migration->flags & flags[i].flag)
			vtune__text_addf(&text, ", %s", flags[i].name);
	}
	if (migration->uri)
		vtune__text_addf(&text, ", by %s", migration->uri);
	vtune__text_add(&text, ")");
	return vtune__text_take(&text, err);
}

struct parameters {
	virTypedParameter list[3];
	int count;
};

static void add(struct parameters *parameters, const char *field, char *value)
{
	virTypedParameter *parameter = &parameters->list[parameters->count++];

	*parameter = (virTypedParameter){ .type = VIR_TYPED_PARAM_STRING, .value.s = value };
	memcpy(parameter->field, field, strlen(field) + 1);
}

/* The new domain, or NULL with libvirt's error. */
static int call(const struct vtune__migration *migration, struct parameters *parameters)
{
	const struct vtune__calls *calls = migration->source->calls;
	unsigned int chosen = libvirt_flags(migration);
	virDomainPtr arrived;

	if (is_peer2peer(migration))
		return calls->virDomainMigrateToURI3(migration->domain, migration->destination->uri,
						     parameters->list,
						     (unsigned int)parameters->count, chosen);
	arrived = calls->virDomainMigrate3(migration->domain, migration->destination->connection,
					   parameters->list, (unsigned int)parameters->count,
					   chosen);
	if (!arrived)
		return -1;
	migration->destination->calls->virDomainFree(arrived);
	return 0;
}

int vtune__migration_run(const struct vtune__migration *migration, struct vtune_error **err)
{
	char *uri VTUNE__CLEANUP(vtune__free_string) = NULL;
	struct parameters parameters = { 0 };

	add(&parameters, VIR_MIGRATE_PARAM_DEST_XML, migration->live);
	if (migration->config)
		add(&parameters, VIR_MIGRATE_PARAM_PERSIST_XML, migration->config);
	if (migration->uri) {
		uri = vtune__strdup(migration->uri, err);
		if (!uri)
			return -1;
		add(&parameters, VIR_MIGRATE_PARAM_URI, uri);
	}
	if (call(migration, &parameters) == 0)
		return 0;
	return vtune__fail_libvirt(migration->source, err, migration->name,
				   "Migrating the domain \"%s\" to %s", migration->name,
				   migration->destination->uri);
}
