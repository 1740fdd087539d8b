/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What it takes to check the settings of a host of 256 CPUs, on a tree of files. */
#define _GNU_SOURCE /* nftw */
#include "bench.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CPUS 256
#define NODES 8
#define INTERRUPTS 512

struct bench_tuning {
	char root[64];
	struct vtune_tuning_options *options;
};

/* ---- the tree ---- */

static bool put(const struct bench_tuning *tuning, const char *text, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static bool put(const struct bench_tuning *tuning, const char *text, const char *format, ...)
{
	char path[512];
	va_list args;
	FILE *file;
	int used = snprintf(path, sizeof(path), "%s/", tuning->root);

	va_start(args, format);
	vsnprintf(path + used, sizeof(path) - (size_t)used, format, args);
	va_end(args);
	for (char *slash = strchr(path + used, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	file = fopen(path, "w");
	if (!file)
		return false;
	fprintf(file, "%s\n", text);
	return fclose(file) == 0;
}

static bool put_cpus(const struct bench_tuning *tuning)
{
	static const char cpus[] = "sys/devices/system/cpu";
	bool done = put(tuning, "0-255", "%s/online", cpus) &&
		    put(tuning, "0-255", "%s/possible", cpus) &&
		    put(tuning, "", "%s/isolated", cpus);

	for (unsigned int i = 0; i < CPUS && done; i++)
		done = put(tuning, "powersave", "%s/cpufreq/policy%u/scaling_governor", cpus, i) &&
		       put(tuning, "performance powersave",
			   "%s/cpufreq/policy%u/scaling_available_governors", cpus, i);
	return done;
}

static bool put_nodes(const struct bench_tuning *tuning)
{
	static const char *const sizes[] = { "2048", "1048576" };
	bool done = put(tuning, "0-7", "sys/devices/system/node/online");

	for (unsigned int i = 0; i < NODES * 2 && done; i++)
		done = put(tuning, "0",
			   "sys/devices/system/node/node%u/hugepages/hugepages-%skB/nr_hugepages",
			   i / 2, sizes[i % 2]);
	return done;
}

static bool put_rest(const struct bench_tuning *tuning)
{
	static const char mask[] = "ffffffff,ffffffff,ffffffff,ffffffff,"
				   "ffffffff,ffffffff,ffffffff,ffffffff";
	bool done = put(tuning, mask, "sys/devices/virtual/workqueue/cpumask") &&
		    put(tuning, mask, "proc/irq/default_smp_affinity") &&
		    put(tuning, "200000", "sys/module/kvm/parameters/halt_poll_ns") &&
		    put(tuning, "0", "sys/kernel/mm/ksm/run") &&
		    put(tuning, "60", "proc/sys/vm/swappiness") &&
		    put(tuning, "65536", "proc/sys/fs/aio-max-nr");

	for (unsigned int i = 0; i < INTERRUPTS && done; i++)
		done = put(tuning, "7", "proc/irq/%u/effective_affinity_list", i);
	for (unsigned int i = 0; i < 24 && done; i++)
		done = put(tuning, "[bfq] mq-deadline none", "sys/block/sd%c/queue/scheduler",
			   (char)('a' + i));
	return done;
}

/* ---- VMs that hold half of the CPUs ---- */

static bool add_vms(struct bench_tuning *tuning)
{
	struct bench_host shape = { NODES, CPUS / NODES, NODES / 2, false };
	char *json = bench_host_document(&shape);
	struct vtune_host *host = json ? vtune_host_from_json(json, NULL) : NULL;
	bool done = host && vtune_tuning_options_set_host(tuning->options, host, NULL) == 0;

	vtune_host_free(host);
	free(json);
	return done;
}

struct bench_tuning *bench_tuning_new(void)
{
	struct bench_tuning *tuning = calloc(1, sizeof(*tuning));

	if (!tuning)
		return NULL;
	strcpy(tuning->root, "bench-tuning-XXXXXX");
	tuning->options = vtune_tuning_options_new();
	if (mkdtemp(tuning->root) && tuning->options && put_cpus(tuning) && put_nodes(tuning) &&
	    put_rest(tuning) &&
	    vtune_tuning_options_set_sysroot(tuning->options, tuning->root, NULL) == 0 &&
	    vtune_tuning_options_set_profile(tuning->options, "latency", NULL) == 0 &&
	    add_vms(tuning))
		return tuning;
	bench_tuning_free(tuning);
	return NULL;
}

bool bench_tuning_check(void *data)
{
	struct bench_tuning *tuning = data;
	struct vtune_tuning *checked = vtune_tuning_check(tuning->options, NULL, NULL);

	vtune_tuning_free(checked);
	return checked != NULL;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *place)
{
	(void)info;
	(void)type;
	(void)place;
	return remove(path);
}

void bench_tuning_free(struct bench_tuning *tuning)
{
	if (!tuning)
		return;
	nftw(tuning->root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	vtune_tuning_options_free(tuning->options);
	free(tuning);
}
