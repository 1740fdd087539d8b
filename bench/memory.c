/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

/* So many that what malloc() keeps for itself is nothing to them. */
#define HOSTS 64
#define CPUS_PER_NODE 64

#ifdef __GLIBC_PREREQ
#if __GLIBC_PREREQ(2, 33)
#define HAVE_MALLINFO2
#endif
#endif

static size_t bytes_in_use(void)
{
#ifdef HAVE_MALLINFO2
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
#else
	return 0;
#endif
}

/* Of one of many that are made of the document; 0: it is not known. */
static bool measure_host(const char *document, double *bytes)
{
	struct vtune_host *hosts[HOSTS] = { NULL };
	size_t before = bytes_in_use(), after;
	struct vtune_error *err = NULL;
	unsigned int count = 0;

	while (count < HOSTS && !err) {
		hosts[count] = vtune_host_from_json(document, &err);
		count++;
	}
	after = bytes_in_use();
	for (unsigned int i = 0; i < HOSTS; i++)
		vtune_host_free(hosts[i]);
	if (err) {
		fprintf(stderr, "bench: %s\n", vtune_error_get_message(err));
		vtune_error_free(err);
		return false;
	}
	*bytes = after > before ? (double)(after - before) / HOSTS : 0;
	return true;
}

static bool print_line(unsigned int nodes)
{
	const struct bench_host on = { nodes, CPUS_PER_NODE, nodes, false };
	char *document = bench_host_document(&on);
	double bytes;
	bool done = document && measure_host(document, &bytes);

	free(document);
	if (!done)
		return false;
	if (bytes > 0)
		printf("memory of a %u-CPU host: %.1f KiB\n", nodes * CPUS_PER_NODE, bytes / 1024);
	else
		printf("memory of a %u-CPU host: not known\n", nodes * CPUS_PER_NODE);
	return true;
}

bool bench_print_memory(void)
{
	putchar('\n');
	for (unsigned int nodes = 1; nodes <= 16; nodes *= 2)
		if (!print_line(nodes))
			return false;
	return true;
}
