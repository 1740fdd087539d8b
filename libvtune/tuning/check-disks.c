/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The block scheduler of each disk. */
#include "tuning.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK "/sys/block"

enum { NVME, OTHER }; /* the cases of a profile */

struct disk {
	const char *name;
	char *path, *all; /* its file, and what stands there */
	int kind;
};

/* Made of other disks, of memory or of files, or read-only: what is under them counts. */
static bool is_disk(const char *name)
{
	static const char *const others[] = {
		"dm-", "fd", "loop", "md", "nbd", "ram", "sr", "zram"
	};

	for (unsigned int i = 0; i < VTUNE__COUNT(others); i++)
		if (strncmp(name, others[i], strlen(others[i])) == 0)
			return false;
	return true;
}

static void free_disk(struct disk *disk)
{
	free(disk->path);
	free(disk->all);
}

/* 1; 0 when it has no scheduler that could be chosen; -1. */
static int read_disk(struct vtune__checking *checking, const char *name, struct disk *disk)
{
	char *open;
	int rc;

	disk->name = name;
	disk->kind = strncmp(name, "nvme", 4) == 0 ? NVME : OTHER;
	disk->path = vtune__print(checking->err, BLOCK "/%s/queue/scheduler", name);
	if (!disk->path)
		return -1;
	rc = vtune__root_read_word(checking->root, disk->path, &disk->all, checking->err);
	open = rc > 0 ? strchr(disk->all, '[') : NULL;
	return rc > 0 ? open && strchr(open, ']') : rc;
}

/* The first that the profile likes and the kernel has. */
static const char *choose(const struct vtune__preference *preference, const struct disk *disk)
{
	const struct vtune__tune_wish *wish =
		&preference->wishes[preference->by_case ? disk->kind : 0];

	for (unsigned int i = 0; i < wish->nvalues; i++)
		if (vtune__offers(disk->all, wish->values[i]))
			return wish->values[i];
	return NULL;
}

/* "sd*" for sda: names may be others after the next start, kinds are not. */
static int keep_kind(struct vtune__checking *checking, struct vtune__row *row,
		     const struct disk *disk, const char *wanted)
{
	int length = 0;

	while (isalpha((unsigned char)disk->name[length]))
		length++;
	/* Names of these kinds end in letters that count. */
	if (strncmp(disk->name, "sd", 2) == 0 || strncmp(disk->name, "vd", 2) == 0 ||
	    strncmp(disk->name, "hd", 2) == 0)
		length = 2;
	if (strncmp(disk->name, "xvd", 3) == 0)
		length = 3;
	return vtune__row_keep(checking, row, VTUNE__UDEV,
			       "ACTION==\"add|change\", SUBSYSTEM==\"block\", "
			       "ENV{DEVTYPE}==\"disk\", KERNEL==\"%.*s*\", "
			       "ATTR{queue/scheduler}=\"%s\"",
			       length, disk->name, wanted);
}

static int propose(struct vtune__checking *checking, struct vtune__row *row,
		   const struct disk *disk, struct vtune__text *wanted)
{
	const struct vtune__preference *preference = vtune__wanted(checking);
	char *open = strchr(disk->all, '['), *close;
	const char *set;
	char current[32];

	close = strchr(open, ']');
	if ((size_t)(close - open) > sizeof(current))
		return 0;
	memcpy(current, open + 1, (size_t)(close - open - 1));
	current[close - open - 1] = '\0';
	if (!preference)
		return 0;
	if (vtune__preference_likes(preference, disk->kind, current))
		return keep_kind(checking, row, disk, current);
	set = choose(preference, disk);
	if (!set)
		return 0;
	vtune__text_addf(wanted, "%s%s %s", wanted->length ? ", " : "", disk->name, set);
	row->verdict = checking->check->otherwise;
	if (vtune__row_set(checking, row, disk->path, current, set) < 0)
		return -1;
	return keep_kind(checking, row, disk, set);
}

static void add_current(struct vtune__text *text, const struct disk *disk)
{
	const char *open = strchr(disk->all, '[');

	vtune__text_addf(text, "%s%s %.*s", text->length ? ", " : "", disk->name,
			 (int)strcspn(open + 1, "]"), open + 1);
}

struct said {
	struct vtune__text current, wanted;
};

static void free_said(struct said *said)
{
	vtune__text_free(&said->current);
	vtune__text_free(&said->wanted);
}

static int check_disk(struct vtune__checking *checking, struct vtune__row *row, const char *name,
		      struct said *said)
{
	VTUNE__CLEANUP(free_disk) struct disk disk = { 0 };
	int rc = read_disk(checking, name, &disk);

	if (rc <= 0)
		return rc;
	add_current(&said->current, &disk);
	return propose(checking, row, &disk, &said->wanted);
}

int vtune__tune_scheduler(struct vtune__checking *checking)
{
	VTUNE__CLEANUP(vtune__names_free) struct vtune__names disks = { 0 };
	VTUNE__CLEANUP(free_said) struct said said = { 0 };
	struct vtune__row *row;

	if (vtune__root_list(checking->root, BLOCK, "", &disks, checking->err) < 0)
		return -1;
	row = vtune__row_new(checking, VTUNE__OK);
	if (!row)
		return -1;
	for (unsigned int i = 0; i < disks.count; i++)
		if (is_disk(disks.list[i]) && check_disk(checking, row, disks.list[i], &said) < 0)
			return -1;
	if (said.current.length == 0) {
		row->verdict = VTUNE__UNKNOWN;
		return vtune__row_say(checking, &row->why,
				      "There is no disk here whose scheduler can be chosen.");
	}
	row->current = vtune__text_take(&said.current, checking->err);
	if (!row->current)
		return -1;
	if (row->nsettings == 0)
		return 0;
	row->wanted = vtune__text_take(&said.wanted, checking->err);
	return row->wanted ? 0 : -1;
}
