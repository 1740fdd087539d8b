/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How fast CPUs run, how deeply they sleep; and memory on disk when there is none left. */
#include "tuning.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLICIES "/sys/devices/system/cpu/cpufreq"
#define IDLE "/sys/devices/system/cpu/cpu0/cpuidle"

/* ---- the governor ---- */

/* How many policies have a governor; there are few different ones. */
struct governors {
	char *names[8];
	unsigned int counts[8];
	unsigned int count;
};

static void free_governors(struct governors *governors)
{
	for (unsigned int i = 0; i < governors->count; i++)
		free(governors->names[i]);
}

static int count_governor(struct vtune__checking *checking, struct governors *governors,
			  const char *name)
{
	unsigned int i = 0;

	while (i < governors->count && strcmp(governors->names[i], name) != 0)
		i++;
	if (i == VTUNE__COUNT(governors->names))
		return 0;
	if (i == governors->count) {
		governors->names[i] = vtune__strdup(name, checking->err);
		if (!governors->names[i])
			return -1;
		governors->count++;
	}
	governors->counts[i]++;
	return 0;
}

/* The first that the profile likes and the driver has; NULL: none. */
static int choose_governor(struct vtune__checking *checking, const char *policy, const char **set)
{
	const struct vtune__preference *preference = vtune__wanted(checking);
	VTUNE__CLEANUP(vtune__free_string)
	char *path =
		vtune__print(checking->err, POLICIES "/%s/scaling_available_governors", policy);
	VTUNE__CLEANUP(vtune__free_string) char *all = NULL;
	int rc = path ? vtune__root_read(checking->root, path, &all, checking->err) : -1;

	*set = NULL;
	for (unsigned int i = 0; rc > 0 && i < preference->wishes[0].nvalues && !*set; i++)
		if (vtune__offers(all, preference->wishes[0].values[i]))
			*set = preference->wishes[0].values[i];
	return rc < 0 ? -1 : 0;
}

/* One line for all of them. */
static int keep_governor(struct vtune__checking *checking, struct vtune__row *row,
			 const char *governor)
{
	if (row->nkept)
		return 0;
	return vtune__row_keep(checking, row, VTUNE__TMPFILES,
			       "w " POLICIES "/policy*/scaling_governor - - - - %s", governor);
}

static int propose_governor(struct vtune__checking *checking, struct vtune__row *row,
			    const char *policy, const char *path, const char *current)
{
	const struct vtune__preference *preference = vtune__wanted(checking);
	const char *set;

	if (!preference)
		return 0;
	if (vtune__preference_likes(preference, -1, current))
		return keep_governor(checking, row, current);
	if (choose_governor(checking, policy, &set) < 0)
		return -1;
	if (!set)
		return 0;
	row->verdict = checking->check->otherwise;
	if (keep_governor(checking, row, set) < 0 ||
	    (!row->wanted && vtune__row_say(checking, &row->wanted, "%s", set) < 0))
		return -1;
	return vtune__row_set(checking, row, path, current, set);
}

static int check_policy(struct vtune__checking *checking, struct vtune__row *row,
			struct governors *governors, const char *policy)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *path = vtune__print(checking->err, POLICIES "/%s/scaling_governor", policy);
	VTUNE__CLEANUP(vtune__free_string) char *current = NULL;
	int rc = path ? vtune__root_read_word(checking->root, path, &current, checking->err) : -1;

	if (rc <= 0)
		return rc;
	if (count_governor(checking, governors, current) < 0)
		return -1;
	return propose_governor(checking, row, policy, path, current);
}

static int say_governors(struct vtune__checking *checking, struct vtune__row *row,
			 const struct governors *governors)
{
	struct vtune__text text = { 0 };

	if (governors->count == 0) {
		row->verdict = VTUNE__UNKNOWN;
		return vtune__row_say(checking, &row->why,
				      "The kernel does not govern the frequency of the CPUs here.");
	}
	for (unsigned int i = 0; i < governors->count; i++)
		if (governors->count == 1)
			vtune__text_add(&text, governors->names[i]);
		else
			vtune__text_addf(&text, "%s%u %s", i ? ", " : "", governors->counts[i],
					 governors->names[i]);
	row->current = vtune__text_take(&text, checking->err);
	return row->current ? 0 : -1;
}

int vtune__tune_governor(struct vtune__checking *checking)
{
	VTUNE__CLEANUP(vtune__names_free) struct vtune__names policies = { 0 };
	VTUNE__CLEANUP(free_governors) struct governors governors = { 0 };
	struct vtune__row *row;

	if (vtune__root_list(checking->root, POLICIES, "policy", &policies, checking->err) < 0)
		return -1;
	row = vtune__row_new(checking, VTUNE__OK);
	if (!row)
		return -1;
	for (unsigned int i = 0; i < policies.count; i++)
		if (check_policy(checking, row, &governors, policies.list[i]) < 0)
			return -1;
	return say_governors(checking, row, &governors);
}

/* ---- idle states ---- */

struct idle_state {
	char *name;
	uint64_t latency; /* microseconds to wake up */
};

/* The deepest that is not disabled; its name is NULL when there is none. */
static int find_deepest(struct vtune__checking *checking, struct idle_state *deepest)
{
	VTUNE__CLEANUP(vtune__names_free) struct vtune__names states = { 0 };

	if (vtune__root_list(checking->root, IDLE, "state", &states, checking->err) < 0)
		return -1;
	for (unsigned int i = 0; i < states.count; i++) {
		VTUNE__CLEANUP(vtune__free_string)
		char *folder = vtune__print(checking->err, IDLE "/%s", states.list[i]);
		VTUNE__CLEANUP(vtune__free_string)
		char *path = folder ? vtune__print(checking->err, "%s/latency", folder) : NULL;
		VTUNE__CLEANUP(vtune__free_string)
		char *off = path ? vtune__print(checking->err, "%s/disable", folder) : NULL;
		VTUNE__CLEANUP(vtune__free_string)
		char *name = off ? vtune__print(checking->err, "%s/name", folder) : NULL;
		uint64_t latency = 0, disabled = 0;
		int rc = name ? vtune__root_read_number(checking->root, path, &latency,
							checking->err)
			      : -1;

		if (rc > 0 &&
		    vtune__root_read_number(checking->root, off, &disabled, checking->err) < 0)
			rc = -1;
		if (rc < 0)
			return -1;
		if (rc == 0 || disabled || (deepest->name && latency <= deepest->latency))
			continue;
		deepest->latency = latency;
		if (vtune__root_read_word(checking->root, name, &deepest->name, checking->err) < 0)
			return -1;
	}
	return 0;
}

static int say_idle(struct vtune__checking *checking, const struct idle_state *deepest)
{
	const struct vtune__preference *preference = vtune__wanted(checking);
	struct vtune__row *row = vtune__row_new(checking, VTUNE__OK);
	VTUNE__CLEANUP(vtune__free_string)
	char *latency = vtune__print(checking->err, "%" PRIu64, deepest->latency);
	struct vtune__text text = { 0 };

	if (!row || !latency ||
	    vtune__row_say(checking, &row->current, "%s, %s us to wake up", deepest->name,
			   latency) < 0)
		return -1;
	if (!preference || vtune__preference_likes(preference, -1, latency))
		return 0;
	row->verdict = checking->check->otherwise;
	vtune__preference_describe(preference, -1, &text);
	vtune__text_add(&text, " us");
	row->wanted = vtune__text_take(&text, checking->err);
	if (!row->wanted)
		return -1;
	return vtune__row_say(checking, &row->how,
			      "Write 1 to cpuidle/stateN/disable of the CPUs that VMs hold, for "
			      "each state that takes longer; the power that idle CPUs take "
			      "rises.");
}

int vtune__tune_idle_states(struct vtune__checking *checking)
{
	struct idle_state deepest = { 0 };
	int rc = find_deepest(checking, &deepest);

	if (rc == 0 && !deepest.name)
		rc = vtune__row_missing(checking,
					"The kernel does not choose the idle states here.");
	else if (rc == 0)
		rc = say_idle(checking, &deepest);
	free(deepest.name);
	return rc;
}

/* ---- swap ---- */

int vtune__tune_swap(struct vtune__checking *checking)
{
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;
	int rc = vtune__root_read(checking->root, "/proc/swaps", &text, checking->err);
	struct vtune__text size = { 0 };
	struct vtune__row *row;
	uint64_t all = 0, kib;

	if (rc <= 0)
		return rc < 0 ? -1 : vtune__row_unread(checking, "/proc/swaps", errno);
	row = vtune__row_new(checking, VTUNE__OK);
	if (!row)
		return -1;
	/* The first line is the headline. */
	for (const char *line = strchr(text, '\n'); line; line = strchr(line + 1, '\n'))
		if (sscanf(line, "%*s %*s %" SCNu64, &kib) == 1 && kib < VTUNE__MAX_KIB)
			all += kib;
	if (all > 0)
		vtune__text_add_size(&size, all);
	else
		vtune__text_add(&size, "none");
	row->current = vtune__text_take(&size, checking->err);
	if (!row->current || all > 0)
		return row->current ? 0 : -1;
	row->verdict = checking->check->otherwise;
	return vtune__row_say(checking, &row->how,
			      "Make a swap file or partition, and name it in /etc/fstab.");
}
