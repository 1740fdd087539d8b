/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's own work is kept off the CPUs that belong to VMs. */
#include "tuning.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Does the profile want this, and is there anything to be kept clear? 1, 0 or -1. When
 * there is nothing, the row says so. */
static int is_wanted(struct vtune__checking *checking, struct vtune__row *row)
{
	if (!vtune__wanted(checking))
		return 0;
	if (!vtune__set_is_empty(&checking->vms.held))
		return 1;
	return vtune__row_say(checking, &row->why, "%s",
			      checking->has_vms
				      ? "No VM has CPUs of its own, so this does not matter."
				      : "It depends on which CPUs belong to VMs; none were named.");
}

static int say_set(struct vtune__checking *checking, char **place, const char *before,
		   const struct vtune__set *set)
{
	VTUNE__CLEANUP(vtune__free_string) char *cpus = vtune__set_print(set);

	if (!cpus)
		return vtune__fail_memory(checking->err);
	return vtune__row_say(checking, place, "%s%s", before, cpus[0] ? cpus : "none");
}

/* ---- masks ---- */

/* The mask without the CPUs of VMs; all other CPUs if none would be left. */
static int clear_mask(struct vtune__checking *checking, const struct vtune__set *mask,
		      struct vtune__set *clear)
{
	const struct vtune__set *held = &checking->vms.held;

	if (vtune__set_copy(clear, mask) < 0)
		return vtune__fail_memory(checking->err);
	vtune__set_andnot(clear, held);
	if (vtune__set_intersects(clear, &checking->machine.online))
		return 0;
	vtune__set_clear(clear);
	if (vtune__set_or(clear, &checking->machine.online) < 0)
		return vtune__fail_memory(checking->err);
	vtune__set_andnot(clear, held);
	return 0;
}

static int propose_mask(struct vtune__checking *checking, struct vtune__row *row,
			const char *current, const struct vtune__set *mask)
{
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set clear = { 0 };
	VTUNE__CLEANUP(vtune__free_string) char *wanted = NULL;
	const char *path = checking->check->path;

	if (clear_mask(checking, mask, &clear) < 0)
		return -1;
	row->verdict = checking->check->otherwise;
	if (vtune__set_is_empty(&clear))
		return vtune__row_say(checking, &row->how,
				      "VMs hold every CPU: leave some to the host.");
	wanted = vtune__mask_print(&clear, checking->err);
	if (!wanted || say_set(checking, &row->wanted, "CPUs ", &clear) < 0 ||
	    vtune__row_set(checking, row, path, current, wanted) < 0)
		return -1;
	return vtune__row_keep(checking, row, VTUNE__TMPFILES, "w %s - - - - %s", path, wanted);
}

static int check_mask(struct vtune__checking *checking)
{
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set mask = { 0 };
	const char *path = checking->check->path;
	int rc = vtune__root_read_word(checking->root, path, &text, checking->err);
	struct vtune__row *row;
	bool no_memory;

	if (rc <= 0)
		return rc < 0 ? -1 : vtune__row_unread(checking, path, errno);
	if (!vtune__mask_parse(&mask, text, &no_memory)) {
		if (no_memory)
			return vtune__fail_memory(checking->err);
		return vtune__row_missing(checking, "%s is not a mask of CPUs.", path);
	}
	/* The kernel may count CPUs that the machine does not have. */
	vtune__set_and(&mask, &checking->machine.possible);
	row = vtune__row_new(checking, VTUNE__OK);
	if (!row || say_set(checking, &row->current, "CPUs ", &mask) < 0)
		return -1;
	rc = is_wanted(checking, row);
	if (rc <= 0)
		return rc;
	if (vtune__set_intersects(&mask, &checking->vms.held))
		return propose_mask(checking, row, text, &mask);
	return vtune__row_keep_path(checking, row, path, text);
}

int vtune__tune_kworkers(struct vtune__checking *checking)
{
	return check_mask(checking);
}

int vtune__tune_interrupts(struct vtune__checking *checking)
{
	return check_mask(checking);
}

/* ---- where interrupts really go ---- */

/* One that no driver handles never comes: 1. Trees that do not tell it: 0. */
static int is_idle(struct vtune__checking *checking, const char *irq)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *path = vtune__print(checking->err, "/sys/kernel/irq/%s/actions", irq);
	VTUNE__CLEANUP(vtune__free_string) char *actions = NULL;
	int rc = path ? vtune__root_read_word(checking->root, path, &actions, checking->err) : -1;

	return rc > 0 ? actions[0] == '\0' : rc;
}

/* Counts in *held the interrupts that may run on CPUs of VMs. */
static int count_interrupts(struct vtune__checking *checking, const struct vtune__names *irqs,
			    unsigned int *held)
{
	for (unsigned int i = 0; i < irqs->count; i++) {
		VTUNE__CLEANUP(vtune__set_free) struct vtune__set cpus = { 0 };
		VTUNE__CLEANUP(vtune__free_string)
		char *path = vtune__print(checking->err, "/proc/irq/%s/effective_affinity_list",
					  irqs->list[i]);
		int idle;

		if (!path || vtune__root_read_set(checking->root, path, &cpus, checking->err) < 0)
			return -1;
		if (!vtune__set_intersects(&cpus, &checking->vms.held))
			continue;
		idle = is_idle(checking, irqs->list[i]);
		if (idle < 0)
			return -1;
		*held += !idle;
	}
	return 0;
}

int vtune__tune_interrupts_now(struct vtune__checking *checking)
{
	VTUNE__CLEANUP(vtune__names_free) struct vtune__names irqs = { 0 };
	unsigned int held = 0;
	struct vtune__row *row;
	int rc;

	if (vtune__root_list(checking->root, "/proc/irq", "", &irqs, checking->err) < 0)
		return -1;
	if (irqs.count == 0)
		return vtune__row_missing(checking, "There are no interrupts in /proc/irq.");
	row = vtune__row_new(checking, VTUNE__OK);
	if (!row)
		return -1;
	/* There may be thousands, so they are only read for a reason. */
	rc = is_wanted(checking, row);
	if (rc <= 0)
		return rc;
	if (count_interrupts(checking, &irqs, &held) < 0 ||
	    vtune__row_say(checking, &row->current, "%u on CPUs of VMs", held) < 0)
		return -1;
	if (held == 0)
		return 0;
	row->verdict = checking->check->otherwise;
	return vtune__row_say(checking, &row->how,
			      "Write other CPUs to /proc/irq/N/smp_affinity_list; the kernel "
			      "refuses it where a queue of a device belongs to a CPU, which "
			      "isolcpus=managed_irq changes.");
}

/* ---- isolated CPUs, and CPUs without a tick ---- */

static int keep_apart(struct vtune__checking *checking, struct vtune__row *row,
		      const struct vtune__set *cpus)
{
	VTUNE__CLEANUP(vtune__free_string) char *list = vtune__set_print(cpus);
	bool isolated = strcmp(checking->check->name, "isolated-cpus") == 0;

	if (!list)
		return vtune__fail_memory(checking->err);
	if (isolated)
		return vtune__row_keep(checking, row, VTUNE__KERNEL,
				       "isolcpus=managed_irq,domain,%s", list);
	return vtune__row_keep(checking, row, VTUNE__KERNEL, "nohz_full=%s rcu_nocbs=%s", list,
			       list);
}

/* CPUs that are set apart, but belong to no VM: the scheduler puts nothing there. */
static int say_idle(struct vtune__checking *checking, struct vtune__row *row,
		    const struct vtune__set *apart)
{
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set idle = { 0 };

	if (!checking->has_vms || vtune__set_is_empty(apart))
		return 0;
	if (vtune__set_copy(&idle, apart) < 0)
		return vtune__fail_memory(checking->err);
	vtune__set_andnot(&idle, &checking->vms.held);
	if (vtune__set_is_empty(&idle))
		return 0;
	row->verdict = VTUNE__ADVICE;
	if (say_set(checking, &row->why, "These are set apart, but belong to no VM: ", &idle) < 0)
		return -1;
	return vtune__row_say(checking, &row->how,
			      "Give them to VMs, or take them off the kernel's command line.");
}

static int check_apart(struct vtune__checking *checking, const struct vtune__set *apart)
{
	const struct vtune__set *held = &checking->vms.held;
	struct vtune__row *row = vtune__row_new(checking, VTUNE__OK);
	int rc;

	if (!row || say_set(checking, &row->current, "CPUs ", apart) < 0)
		return -1;
	rc = is_wanted(checking, row);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return say_idle(checking, row, apart);
	if (vtune__set_is_subset(held, apart))
		return keep_apart(checking, row, held) < 0 ? -1 : say_idle(checking, row, apart);
	row->verdict = checking->check->otherwise;
	if (vtune__set_is_subset(&checking->machine.online, held))
		return vtune__row_say(checking, &row->how,
				      "VMs hold every CPU: leave some to the host.");
	row->reboot = true;
	if (say_set(checking, &row->wanted, "CPUs ", held) < 0)
		return -1;
	return keep_apart(checking, row, held);
}

static int check_list(struct vtune__checking *checking, const struct vtune__set *apart)
{
	int there = vtune__root_has(checking->root, checking->check->path, checking->err);

	if (there <= 0)
		return there < 0 ? -1 : vtune__row_unread(checking, checking->check->path, ENOENT);
	return check_apart(checking, apart);
}

int vtune__tune_isolated(struct vtune__checking *checking)
{
	return check_list(checking, &checking->machine.isolated);
}

int vtune__tune_nohz_full(struct vtune__checking *checking)
{
	return check_list(checking, &checking->machine.nohz_full);
}
