/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* irqbalance moves interrupts to any CPU that it is not told to leave alone. */
#include "tuning.h"

#include <stdlib.h>
#include <string.h>

static const char *const programs[] = { "/usr/sbin/irqbalance", "/usr/bin/irqbalance",
					"/sbin/irqbalance" };
static const char *const files[] = { "/etc/default/irqbalance", "/etc/sysconfig/irqbalance" };

#define DROP_INS "/etc/systemd/system/irqbalance.service.d"

static int is_installed(struct vtune__checking *checking)
{
	int there = 0;

	for (unsigned int i = 0; i < VTUNE__COUNT(programs) && there == 0; i++)
		there = vtune__root_has(checking->root, programs[i], checking->err);
	return there;
}

struct banned {
	struct vtune__set cpus;
	const char *file; /* that names them; NULL: none does */
};

/* What a file bans: 1; 0 when it bans nothing by name; -1. */
static int read_banned_of(struct vtune__checking *checking, const char *text,
			  struct vtune__set *banned)
{
	VTUNE__CLEANUP(vtune__free_string) char *value = NULL;
	const char *why;
	bool no_memory;
	int rc = vtune__assigned(text, "IRQBALANCE_BANNED_CPULIST", &value, checking->err);

	if (rc < 0)
		return -1;
	if (rc > 0 && value[0]) {
		if (!vtune__set_parse(banned, value, VTUNE__MAX_CPU, &why) && !why)
			return vtune__fail_memory(checking->err);
		return 1;
	}
	rc = vtune__assigned(text, "IRQBALANCE_BANNED_CPUS", &value, checking->err);
	if (rc <= 0 || !value[0])
		return rc < 0 ? -1 : 0;
	if (!vtune__mask_parse(banned, value, &no_memory) && no_memory)
		return vtune__fail_memory(checking->err);
	return 1;
}

/* Lines of "Environment=IRQBALANCE_BANNED_CPULIST=4-7". */
static int read_drop_in(struct vtune__checking *checking, const char *name,
			struct vtune__set *banned)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *path = vtune__print(checking->err, DROP_INS "/%s", name);
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL, *line = NULL;
	int rc = path ? vtune__root_read(checking->root, path, &text, checking->err) : -1;

	if (rc > 0)
		rc = vtune__assigned(text, "Environment", &line, checking->err);
	return rc > 0 ? read_banned_of(checking, line, banned) : rc;
}

static int read_drop_ins(struct vtune__checking *checking, struct vtune__set *banned)
{
	VTUNE__CLEANUP(vtune__names_free) struct vtune__names names = { 0 };
	int rc = vtune__root_list(checking->root, DROP_INS, "", &names, checking->err);

	for (unsigned int i = names.count; i-- > 0 && rc == 0;)
		rc = read_drop_in(checking, names.list[i], banned);
	return rc;
}

/* By itself it leaves isolated CPUs and those without a tick alone. */
static int read_banned(struct vtune__checking *checking, struct banned *banned)
{
	int rc;

	for (unsigned int i = 0; i < VTUNE__COUNT(files); i++) {
		VTUNE__CLEANUP(vtune__free_string) char *text = NULL;

		rc = vtune__root_read(checking->root, files[i], &text, checking->err);

		if (rc > 0)
			rc = read_banned_of(checking, text, &banned->cpus);
		if (rc < 0)
			return -1;
		if (rc > 0) {
			banned->file = files[i];
			return 0;
		}
	}
	rc = read_drop_ins(checking, &banned->cpus);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (vtune__set_or(&banned->cpus, &checking->machine.isolated) < 0 ||
	    vtune__set_or(&banned->cpus, &checking->machine.nohz_full) < 0)
		return vtune__fail_memory(checking->err);
	return 0;
}

static int keep(struct vtune__checking *checking, struct vtune__row *row,
		const struct vtune__set *cpus)
{
	VTUNE__CLEANUP(vtune__free_string) char *list = vtune__set_print(cpus);

	if (!list)
		return vtune__fail_memory(checking->err);
	return vtune__row_keep(checking, row, VTUNE__IRQBALANCE,
			       "Environment=IRQBALANCE_BANNED_CPULIST=%s", list);
}

static int propose(struct vtune__checking *checking, struct vtune__row *row,
		   const struct banned *banned)
{
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set both = { 0 };
	VTUNE__CLEANUP(vtune__free_string) char *list = NULL;

	if (vtune__set_or(&both, &banned->cpus) < 0 ||
	    vtune__set_or(&both, &checking->vms.held) < 0)
		return vtune__fail_memory(checking->err);
	list = vtune__set_print(&both);
	if (!list)
		return vtune__fail_memory(checking->err);
	row->verdict = checking->check->otherwise;
	if (vtune__row_say(checking, &row->wanted, "CPUs %s left alone", list) < 0)
		return -1;
	/* A file that names them has the last word over a drop-in. */
	if (banned->file)
		return vtune__row_say(checking, &row->how,
				      "Set IRQBALANCE_BANNED_CPULIST=%s in %s, and restart "
				      "irqbalance.",
				      list, banned->file);
	if (keep(checking, row, &both) < 0)
		return -1;
	return vtune__row_say(checking, &row->how,
			      "Set IRQBALANCE_BANNED_CPULIST=%s for irqbalance, and restart it.",
			      list);
}

static int say_banned(struct vtune__checking *checking, struct vtune__row *row,
		      const struct banned *banned)
{
	VTUNE__CLEANUP(vtune__free_string) char *list = vtune__set_print(&banned->cpus);

	if (!list)
		return vtune__fail_memory(checking->err);
	return vtune__row_say(checking, &row->current, "%s%s left alone",
			      list[0] ? "CPUs " : "no CPU", list);
}

static int compare(struct vtune__checking *checking, struct vtune__row *row,
		   const struct banned *banned)
{
	if (say_banned(checking, row, banned) < 0)
		return -1;
	if (!vtune__wanted(checking) || vtune__set_is_empty(&checking->vms.held))
		return 0;
	if (vtune__set_is_subset(&checking->vms.held, &banned->cpus))
		return banned->file ? 0 : keep(checking, row, &banned->cpus);
	return propose(checking, row, banned);
}

int vtune__tune_irqbalance(struct vtune__checking *checking)
{
	struct banned banned = { 0 };
	struct vtune__row *row;
	int there = is_installed(checking), rc = -1;

	if (there <= 0)
		return there < 0 ? -1
				 : vtune__row_missing(checking, "irqbalance is not installed.");
	row = vtune__row_new(checking, VTUNE__OK);
	if (row && read_banned(checking, &banned) == 0)
		rc = compare(checking, row, &banned);
	vtune__set_free(&banned.cpus);
	return rc;
}
