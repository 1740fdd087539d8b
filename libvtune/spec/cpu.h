/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a spec asks: the CPU that the guest sees, and its machine. */
#ifndef VTUNE_SPEC_CPU_H
#define VTUNE_SPEC_CPU_H

#include "../base/base.h"

/* In the order of vtune__cpu_mode_names. */
enum vtune__cpu_mode {
	VTUNE__HOST_PASSTHROUGH,
	VTUNE__HOST_MODEL,
	VTUNE__MAXIMUM,
	VTUNE__CUSTOM,
};
enum vtune__cpu_cache {
	VTUNE__CPU_CACHE_AUTO,
	VTUNE__CPU_CACHE_PASSTHROUGH,
	VTUNE__CPU_CACHE_EMULATE,
	VTUNE__CPU_CACHE_DISABLE,
};
enum vtune__feature_policy {
	VTUNE__FEATURE_REQUIRE,
	VTUNE__FEATURE_DISABLE,
	VTUNE__FEATURE_FORCE,
	VTUNE__FEATURE_OPTIONAL,
	VTUNE__FEATURE_FORBID,
};

/* The words for each, libvirt's own, NULL at the end. */
extern const char *const vtune__cpu_cache_names[];
extern const char *const vtune__feature_policy_names[];

struct vtune__cpu_feature {
	char *name;
	enum vtune__feature_policy policy;
};

/* The features of a spec or of a plan, each name once. */
struct vtune__cpu_features {
	struct vtune__cpu_feature *list;
	unsigned int count;
};

/* More than any processor has. */
#define VTUNE__MAX_FEATURES 1024

struct vtune__cpu_spec {
	char *model; /* NULL: none; there exactly with the mode "custom" */
	struct vtune__cpu_features features;
	enum vtune__cpu_cache cache;
	char *machine; /* NULL: that of the architecture */
};

/* ---- cpu.c ---- */

void vtune__cpu_features_free(struct vtune__cpu_features *features);
/* NULL: it is not there. */
const struct vtune__cpu_feature *
vtune__cpu_features_find(const struct vtune__cpu_features *features, const char *name);
int vtune__cpu_features_add(struct vtune__cpu_features *features, const char *name,
			    enum vtune__feature_policy policy, struct vtune_error **err);
/* What libvirt takes as the name of a model, a feature or a machine. */
bool vtune__cpu_is_name(const char *name);
/* Is it one of AMD's or Hygon's? */
bool vtune__cpu_is_amd_model(const char *model);

#endif
