/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cpu.h"

#include <stdlib.h>
#include <string.h>

const char *const vtune__cpu_cache_names[] = { "auto", "passthrough", "emulate", "disable", NULL };
const char *const vtune__feature_policy_names[] = {
	"require", "disable", "force", "optional", "forbid", NULL,
};

void vtune__cpu_features_free(struct vtune__cpu_features *features)
{
	for (unsigned int i = 0; i < features->count; i++)
		free(features->list[i].name);
	free(features->list);
	*features = (struct vtune__cpu_features){ 0 };
}

const struct vtune__cpu_feature *
vtune__cpu_features_find(const struct vtune__cpu_features *features, const char *name)
{
	for (unsigned int i = 0; i < features->count; i++)
		if (strcmp(features->list[i].name, name) == 0)
			return &features->list[i];
	return NULL;
}

int vtune__cpu_features_add(struct vtune__cpu_features *features, const char *name,
			    enum vtune__feature_policy policy, struct vtune_error **err)
{
	char *copy = vtune__strdup(name, err);
	struct vtune__cpu_feature *feature = copy ? vtune__grow((void **)&features->list,
								&features->count, sizeof(*feature),
								err)
						  : NULL;

	if (!feature) {
		free(copy);
		return -1;
	}
	*feature = (struct vtune__cpu_feature){ copy, policy };
	return 0;
}

bool vtune__cpu_is_name(const char *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_.-";

	return name[0] != '\0' && strspn(name, letters) == strlen(name);
}

bool vtune__cpu_is_amd_model(const char *model)
{
	static const char *const families[] = { "EPYC", "Opteron", "Dhyana", "phenom", "athlon" };

	for (unsigned int i = 0; i < VTUNE__COUNT(families); i++)
		if (strncmp(model, families[i], strlen(families[i])) == 0)
			return true;
	return false;
}
