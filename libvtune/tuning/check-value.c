/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks that compare one file with what the profile wants. */
#include "tuning.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define KSM "/sys/kernel/mm/ksm/"

/* Of a list of words the kernel takes no others. */
static bool can_be(const char *all, const char *value)
{
	return !strchr(all, '[') || vtune__offers(all, value);
}

/* What to set: the profile's first choice, else the first of its others that there is. */
static const char *choose(const struct vtune__preference *preference, int which, const char *all)
{
	const char *first = vtune__preference_set(preference, which);
	const struct vtune__tune_wish *wish =
		&preference->wishes[preference->by_case && which != 0 ? 1 : 0];

	if (first && can_be(all, first))
		return first;
	for (unsigned int i = 0; i < wish->nvalues; i++)
		if (can_be(all, wish->values[i]))
			return wish->values[i];
	return NULL;
}

static int describe(struct vtune__checking *checking, struct vtune__row *row, int which)
{
	struct vtune__text text = { 0 };

	vtune__preference_describe(vtune__wanted(checking), which, &text);
	row->wanted = vtune__text_take(&text, checking->err);
	return row->wanted ? 0 : -1;
}

/* all: the file; current: what is chosen in it. */
static int compare(struct vtune__checking *checking, struct vtune__row *row, const char *all,
		   const char *current)
{
	const struct vtune__tune_check *check = checking->check;
	const struct vtune__preference *preference = vtune__wanted(checking);
	int which = check->which ? check->which(checking) : -1;
	const char *set;

	if (vtune__row_say(checking, &row->current, "%s", current) < 0)
		return -1;
	if (!preference)
		return 0;
	if (describe(checking, row, which) < 0)
		return -1;
	if (vtune__preference_likes(preference, which, current)) {
		/* What is good only by chance is not made to last. */
		if (preference->by_case && which < 0)
			return 0;
		return vtune__row_keep_path(checking, row, check->path, current);
	}
	set = choose(preference, which, all);
	if (!set) {
		row->verdict = VTUNE__UNKNOWN;
		return vtune__row_say(checking, &row->why, "This kernel offers no more than: %s",
				      all);
	}
	row->verdict = check->otherwise;
	if (vtune__row_set(checking, row, check->path, current, set) < 0)
		return -1;
	return vtune__row_keep_path(checking, row, check->path, set);
}

int vtune__tune_value(struct vtune__checking *checking)
{
	VTUNE__CLEANUP(vtune__free_string) char *all = NULL, *copy = NULL;
	const char *path = checking->check->path;
	int rc = vtune__root_read_word(checking->root, path, &all, checking->err);
	struct vtune__row *row;

	if (rc <= 0)
		return rc < 0 ? -1 : vtune__row_unread(checking, path, errno);
	copy = vtune__strdup(all, checking->err);
	row = copy ? vtune__row_new(checking, VTUNE__OK) : NULL;
	return row ? compare(checking, row, all, vtune__chosen(copy)) : -1;
}

/* ---- KSM: the rest matters only while it runs ---- */

/* Does it run, or will it once the profile has its way? -1: out of memory. */
static int ksm_runs(const struct vtune__checking *checking)
{
	const struct vtune__tune_check *check = vtune__tune_check_by_name("ksm");
	const struct vtune__preference *preference = vtune__profile_find(checking->profile, check);
	uint64_t run;
	int rc = vtune__root_read_number(checking->root, KSM "run", &run, checking->err);

	if (rc <= 0)
		return rc;
	if (!preference || vtune__preference_likes(preference, -1, run == 1 ? "1" : "0"))
		return run == 1;
	return strcmp(vtune__preference_set(preference, -1), "1") == 0;
}

/* The value as it is, which does not matter. */
static int just_show(struct vtune__checking *checking, const char *why)
{
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;
	const char *path = checking->check->path;
	int rc = vtune__root_read_word(checking->root, path, &text, checking->err);
	struct vtune__row *row;

	if (rc <= 0)
		return rc < 0 ? -1 : vtune__row_unread(checking, path, errno);
	row = vtune__row_new(checking, VTUNE__OK);
	if (!row || vtune__row_say(checking, &row->why, "%s", why) < 0)
		return -1;
	return vtune__row_say(checking, &row->current, "%s", text);
}

int vtune__tune_ksm_value(struct vtune__checking *checking)
{
	int runs = ksm_runs(checking);

	if (runs > 0)
		return vtune__tune_value(checking);
	return runs < 0 ? -1 : just_show(checking, "KSM does not run, so this does not matter.");
}

/* The kernel refuses the change while pages are merged. */
int vtune__tune_ksm_nodes(struct vtune__checking *checking)
{
	struct vtune__row *row;
	uint64_t shared = 0;

	if (vtune__set_count(&checking->machine.nodes) < 2)
		return just_show(checking, "There is only one node, so this does not matter.");
	if (vtune__tune_ksm_value(checking) < 0 ||
	    vtune__root_read_number(checking->root, KSM "pages_shared", &shared, checking->err) < 0)
		return -1;
	row = &checking->tuning->rows[checking->tuning->nrows - 1];
	if (row->nsettings == 0 || shared == 0)
		return 0;
	free(row->settings[0].path);
	free(row->settings[0].current);
	free(row->settings[0].wanted);
	row->nsettings = 0;
	return vtune__row_say(checking, &row->how,
			      "It can be set only when no page is merged: write 2 to %srun, which "
			      "takes as much memory as the merging has saved, then %s to "
			      "%smerge_across_nodes, then 1 to %srun.",
			      KSM, row->wanted, KSM, KSM);
}

/* ---- NUMA balancing ---- */

int vtune__tune_balancing(struct vtune__checking *checking)
{
	if (vtune__set_count(&checking->machine.nodes) < 2)
		return just_show(checking, "There is only one node, so this does not matter.");
	return vtune__tune_value(checking);
}

/* Since Linux 5.13 in debugfs, which only root may read. */
static int read_scan(struct vtune__checking *checking, const char *name, uint64_t *value)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *old = vtune__print(checking->err, "/proc/sys/kernel/numa_balancing_%s", name);
	VTUNE__CLEANUP(vtune__free_string)
	char *new = vtune__print(checking->err, "/sys/kernel/debug/sched/numa_balancing/%s", name);
	int rc;

	if (!old || !new)
		return -1;
	rc = vtune__root_read_number(checking->root, old, value, checking->err);
	return rc == 0 ? vtune__root_read_number(checking->root, new, value, checking->err) : rc;
}

int vtune__tune_balancing_scan(struct vtune__checking *checking)
{
	static const char *const names[] = { "scan_delay_ms", "scan_period_min_ms",
					     "scan_period_max_ms", "scan_size_mb" };
	unsigned long long values[VTUNE__COUNT(names)];
	struct vtune__row *row;

	for (unsigned int i = 0; i < VTUNE__COUNT(names); i++) {
		uint64_t value;
		int rc = read_scan(checking, names[i], &value);

		if (rc < 0)
			return -1;
		if (rc == 0)
			return vtune__row_unread(checking, "/sys/kernel/debug/sched/numa_balancing",
						 errno);
		values[i] = value;
	}
	row = vtune__row_new(checking, VTUNE__OK);
	if (!row)
		return -1;
	return vtune__row_say(checking, &row->current,
			      "%llu MB each %llu to %llu ms, after %llu ms", values[3], values[1],
			      values[2], values[0]);
}

/* ---- asynchronous I/O: it may also be used up ---- */

static int double_aio(struct vtune__checking *checking, struct vtune__row *row, uint64_t most)
{
	const char *path = checking->check->path;
	uint64_t twice = most < checking->check->max / 2 ? 2 * most : checking->check->max;
	VTUNE__CLEANUP(vtune__free_string)
	char *set = vtune__print(checking->err, "%" PRIu64, twice);

	if (!set || twice <= most)
		return set ? 0 : -1;
	/* What is there now was to be kept, had it been enough. */
	vtune__row_keep_nothing(row);
	if (vtune__row_say(checking, &row->wanted, "%s", set) < 0 ||
	    vtune__row_set(checking, row, path, row->current, set) < 0)
		return -1;
	return vtune__row_keep_path(checking, row, path, set);
}

int vtune__tune_aio(struct vtune__checking *checking)
{
	struct vtune__row *row;
	uint64_t used, most;
	int rc;

	if (vtune__tune_value(checking) < 0)
		return -1;
	row = &checking->tuning->rows[checking->tuning->nrows - 1];
	rc = vtune__root_read_number(checking->root, "/proc/sys/fs/aio-nr", &used, checking->err);
	if (rc <= 0 || !row->current || !vtune__is_number(row->current, &most))
		return rc;
	if (most - most / 10 > used)
		return 0;
	row->verdict = used >= most ? VTUNE__DANGER : VTUNE__WARN;
	if (row->nsettings == 0 && double_aio(checking, row, most) < 0)
		return -1;
	return vtune__row_say(checking, &row->why,
			      "%llu of %llu are in use; a VM whose disks get none does not start.",
			      (unsigned long long)used, (unsigned long long)most);
}
