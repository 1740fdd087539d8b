/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files that make settings hold after the next start of the host. */
#include "tuning.h"

#include <stdlib.h>
#include <string.h>

const char *const vtune__keep_names[] = { "sysctl", "tmpfiles",	  "modprobe", "udev",
					  "kernel", "irqbalance", "libvirt",  NULL };

/* They are read after a distribution's own. */
static const char *const paths[VTUNE__KEEPS] = {
	[VTUNE__SYSCTL] = "etc/sysctl.d/90-vtune.conf",
	[VTUNE__TMPFILES] = "etc/tmpfiles.d/vtune.conf",
	[VTUNE__MODPROBE] = "etc/modprobe.d/vtune.conf",
	[VTUNE__UDEV] = "etc/udev/rules.d/90-vtune.rules",
	[VTUNE__KERNEL] = "etc/vtune/kernel-command-line",
	[VTUNE__IRQBALANCE] = "etc/systemd/system/irqbalance.service.d/90-vtune.conf",
	[VTUNE__LIBVIRT] = "etc/vtune/libvirt-advice",
};

/* What is put before the lines; the kernel's command line is nothing but itself. */
static const char *const heads[VTUNE__KEEPS] = {
	[VTUNE__IRQBALANCE] = "[Service]\n",
	[VTUNE__KERNEL] = NULL,
};

void vtune__files_free(struct vtune__files *files)
{
	for (unsigned int i = 0; i < files->count; i++)
		free(files->items[i].text);
	files->count = 0;
}

/* Two disks of a kind give the same line. */
static bool has_line(const struct vtune__text *text, const char *line)
{
	size_t length = strlen(line);
	const char *at = text->data;

	for (; at && (at = strstr(at, line)); at++)
		if ((at == text->data || at[-1] == '\n') && at[length] == '\n')
			return true;
	return false;
}

static void add_row(struct vtune__text *text, const struct vtune__row *row, enum vtune__keep keep)
{
	bool titled = false;

	for (unsigned int i = 0; i < row->nkept; i++) {
		const char *line = row->kept[i].text;

		if (row->kept[i].keep != keep)
			continue;
		if (keep == VTUNE__KERNEL) {
			vtune__text_addf(text, "%s%s", text->length ? " " : "", line);
			continue;
		}
		if (has_line(text, line))
			continue;
		if (!titled)
			vtune__text_addf(text, "# %s: %s\n", row->check->id, row->check->title);
		titled = true;
		vtune__text_addf(text, "%s\n", line);
	}
}

static int make_file(const struct vtune_tuning *tuning, enum vtune__keep keep,
		     struct vtune__files *files, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__text_free) struct vtune__text text = { 0 };
	VTUNE__CLEANUP(vtune__text_free) struct vtune__text whole = { 0 };
	struct vtune__file *file = &files->items[files->count];

	for (unsigned int i = 0; i < tuning->nrows; i++)
		add_row(&text, &tuning->rows[i], keep);
	if (text.failed)
		return vtune__fail_memory(err);
	file->path = paths[keep];
	files->count++;
	if (text.length == 0)
		return 0;
	if (keep != VTUNE__KERNEL)
		vtune__text_addf(&whole, "# Written by libvtune for the profile %s.\n",
				 tuning->profile);
	if (heads[keep])
		vtune__text_add(&whole, heads[keep]);
	vtune__text_add(&whole, text.data);
	if (keep == VTUNE__KERNEL)
		vtune__text_add(&whole, "\n");
	file->text = vtune__text_take(&whole, err);
	return file->text ? 0 : -1;
}

int vtune__files_make(const struct vtune_tuning *tuning, struct vtune__files *files,
		      struct vtune_error **err)
{
	for (unsigned int keep = 0; keep < VTUNE__KEEPS; keep++)
		if (make_file(tuning, (enum vtune__keep)keep, files, err) < 0) {
			vtune__files_free(files);
			return -1;
		}
	return 0;
}
