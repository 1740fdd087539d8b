/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hugetlbfs for each size of pages: libvirt looks for it when its daemon starts. */
#include "tuning.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The size that a mount without an option has, in KiB; 0 where it is not told. */
static int read_default(struct vtune__checking *checking, uint64_t *kib)
{
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;
	int rc = vtune__root_read(checking->root, "/proc/meminfo", &text, checking->err);
	const char *at = rc > 0 ? strstr(text, "Hugepagesize:") : NULL;

	*kib = 0;
	if (at && sscanf(at, "Hugepagesize: %" SCNu64, kib) != 1)
		*kib = 0;
	return rc < 0 ? -1 : 0;
}

/* "rw,relatime,pagesize=1024M": in KiB. */
static uint64_t size_of_mount(const char *options, uint64_t usual)
{
	static const char key[] = "pagesize=";
	const char *at = strstr(options, key);
	uint64_t size;
	char unit;

	if (!at || sscanf(at + sizeof(key) - 1, "%" SCNu64 "%c", &size, &unit) != 2 ||
	    size > VTUNE__MAX_KIB >> 20)
		return usual;
	switch (unit) {
	case 'G':
		return size << 20;
	case 'M':
		return size << 10;
	default:
		return size;
	}
}

struct mounts {
	uint64_t sizes[32];
	unsigned int count;
	bool any;
};

static void add_mount(struct mounts *mounts, const char *line, uint64_t usual)
{
	char type[32], options[512];

	if (sscanf(line, "%*s %*s %31s %511s", type, options) != 2 ||
	    strcmp(type, "hugetlbfs") != 0)
		return;
	mounts->any = true;
	if (mounts->count < VTUNE__COUNT(mounts->sizes))
		mounts->sizes[mounts->count++] = size_of_mount(options, usual);
}

static bool has_size(const struct mounts *mounts, uint64_t kib)
{
	for (unsigned int i = 0; i < mounts->count; i++)
		if (mounts->sizes[i] == kib)
			return true;
	return false;
}

/* A size that VMs need, and that is not mounted: it does not start without. */
static int find_missing(struct vtune__checking *checking, struct vtune__row *row,
			const struct mounts *mounts)
{
	for (unsigned int i = 0; i < checking->vms.npages; i++) {
		const struct vtune__pages_needed *pages = &checking->vms.pages[i];
		char size[32];

		if (has_size(mounts, pages->size_kib))
			continue;
		vtune__size_print(pages->size_kib, size);
		row->verdict = VTUNE__DANGER;
		if (vtune__row_say(checking, &row->wanted, "one for %s", size) < 0)
			return -1;
		return vtune__row_say(checking, &row->how,
				      "mount -t hugetlbfs -o pagesize=%" PRIu64
				      "K hugetlbfs /dev/hugepages-%s, in /etc/fstab as well, and "
				      "start libvirtd anew.",
				      pages->size_kib, size);
	}
	if (mounts->any)
		return 0;
	row->verdict = checking->check->otherwise;
	return vtune__row_say(checking, &row->how,
			      "systemctl enable --now dev-hugepages.mount, or mount -t hugetlbfs "
			      "hugetlbfs /dev/hugepages, and start libvirtd anew.");
}

static int say_mounts(struct vtune__checking *checking, struct vtune__row *row,
		      const struct mounts *mounts)
{
	struct vtune__text text = { 0 };

	for (unsigned int i = 0; i < mounts->count; i++) {
		char size[32];

		vtune__size_print(mounts->sizes[i], size);
		vtune__text_addf(&text, "%s%s", i ? ", " : "mounted for ",
				 mounts->sizes[i] ? size : "the usual size");
	}
	if (!mounts->any)
		vtune__text_add(&text, "not mounted");
	row->current = vtune__text_take(&text, checking->err);
	return row->current ? 0 : -1;
}

int vtune__tune_hugetlbfs(struct vtune__checking *checking)
{
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;
	struct mounts mounts = { 0 };
	struct vtune__row *row;
	uint64_t usual;
	int rc = vtune__root_has(checking->root, "/sys/kernel/mm/hugepages", checking->err);

	if (rc <= 0)
		return rc < 0 ? -1 : vtune__row_missing(checking, "This kernel has no huge pages.");
	rc = vtune__root_read(checking->root, "/proc/mounts", &text, checking->err);
	if (rc <= 0)
		return rc < 0 ? -1 : vtune__row_unread(checking, "/proc/mounts", errno);
	if (read_default(checking, &usual) < 0)
		return -1;
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		add_mount(&mounts, line, usual);
	}
	row = vtune__row_new(checking, VTUNE__OK);
	if (!row || say_mounts(checking, row, &mounts) < 0)
		return -1;
	return find_missing(checking, row, &mounts);
}
