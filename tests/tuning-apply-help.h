/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A machine that is not tuned, and the calls that tune it. Include it behind cmocka.h, and
 * define _GNU_SOURCE before all else. */
#ifndef VTUNE_TEST_TUNING_APPLY_HELP_H
#define VTUNE_TEST_TUNING_APPLY_HELP_H

#include "live/live.h"
#include "tuning-help.h"

#define UNDO "var/lib/vtune/tuning-undo.json"
#define POOLS "sys/devices/system/node/node"
#define HUGE                                                                         \
	"{ 'vm': 'a', 'cpus': '4-5', 'memory': [ { 'node': 1, 'size_kib': 1048576, " \
	"'page_kib': 2048 } ] }"

/* What the tests change, as it is at first and as the profile "latency" wants it. */
static const struct {
	const char *path, *was, *set;
} settings[] = {
	{ "/sys/module/kvm/parameters/halt_poll_ns", "0", "500000" },
	{ "/sys/devices/virtual/workqueue/cpumask", "ff", "cf" },
	{ "/" POOLS "0/hugepages/hugepages-2048kB/nr_hugepages", "300", "0" },
	{ "/" POOLS "1/hugepages/hugepages-2048kB/nr_hugepages", "100", "512" },
	{ "/sys/kernel/mm/ksm/run", "1", "0" },
	{ "/proc/sys/kernel/numa_balancing", "1", "0" },
	{ "/proc/sys/vm/swappiness", "60", "10" },
	{ "/proc/sys/fs/aio-max-nr", "65536", "1048576" },
	{ "/proc/irq/default_smp_affinity", "ff", "cf" },
};
#define NSETTINGS VTUNE__COUNT(settings)

static inline void make_untuned(void)
{
	tree_usual();
	for (unsigned int i = 0; i < NSETTINGS; i++)
		tree_put(settings[i].path + 1, settings[i].was);
	tree_put(POOLS "0/hugepages/hugepages-2048kB/free_hugepages", "300");
	tree_put(POOLS "1/hugepages/hugepages-2048kB/free_hugepages", "100");
}

static inline void assert_settings(bool set)
{
	for (unsigned int i = 0; i < NSETTINGS; i++)
		assert_tree(settings[i].path, set ? settings[i].set : settings[i].was);
}

static inline bool has_undo_file(void)
{
	return access(tree_path(UNDO), F_OK) == 0;
}

/* ---- calls ---- */

static inline struct vtune_tuning *check(void)
{
	struct vtune_tuning_options *options = options_for("latency", HUGE);
	struct vtune_tuning *tuning = tuning_of(options);

	vtune_tuning_options_free(options);
	return tuning;
}

static inline unsigned int count(const struct vtune_report *report, enum vtune__report_list list)
{
	return vtune__report_count(report, list);
}

static inline struct vtune_report *apply_with(const struct vtune__door *door, unsigned int flags)
{
	struct vtune_tuning *tuning = check();
	struct vtune_error *err = NULL;
	struct vtune_report *report = vtune__tuning_apply(tuning, flags, door, &err);

	if (!report)
		fail_msg("%s", vtune_error_get_message(err));
	vtune_tuning_free(tuning);
	return report;
}

static inline struct vtune_report *undo_with(const struct vtune__door *door, unsigned int flags)
{
	struct vtune_tuning_options *options = options_for(NULL, NULL);
	struct vtune_error *err = NULL;
	struct vtune_report *report = vtune__tuning_undo(options, flags, door, &err);

	if (!report)
		fail_msg("%s", vtune_error_get_message(err));
	vtune_tuning_options_free(options);
	return report;
}

static inline void apply(void)
{
	vtune_report_free(apply_with(&vtune__real_door, 0));
}

static inline void undo(void)
{
	vtune_report_free(undo_with(&vtune__real_door, 0));
}

#endif
