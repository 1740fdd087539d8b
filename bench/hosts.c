/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODE_KIB (UINT64_C(512) * 1024 * 1024)

/* Boards of four nodes, four boards in a cabinet. */
static unsigned int board_distance(unsigned int a, unsigned int b)
{
	if (a == b)
		return 10;
	if (a / 4 == b / 4)
		return 12;
	return a / 16 == b / 16 ? 21 : 32;
}

static unsigned int ring_distance(unsigned int a, unsigned int b, unsigned int nodes)
{
	unsigned int way = a > b ? a - b : b - a;

	if (way > nodes - way)
		way = nodes - way;
	return way ? 14 + 2 * way : 10;
}

static void write_nodes(FILE *out, const struct bench_host *host)
{
	unsigned int nodes = host->nodes, cpus = host->cpus_per_node;

	fputs("\"nodes\":[", out);
	for (unsigned int n = 0; n < nodes; n++) {
		fprintf(out, "%s{\"id\":%u,\"cpus\":\"%u-%u\",\"memory_kib\":%llu,\"distances\":{",
			n ? "," : "", n, n * cpus, (n + 1) * cpus - 1,
			(unsigned long long)NODE_KIB);
		for (unsigned int to = 0; to < nodes; to++)
			fprintf(out, "%s\"%u\":%u", to ? "," : "", to,
				host->ring ? ring_distance(n, to, nodes) : board_distance(n, to));
		fputs("}}", out);
	}
	fputs("]", out);
}

static void write_runs(FILE *out, const char *key, unsigned int all, unsigned int length,
		       const char *before, const char *after)
{
	fprintf(out, ",\"%s\":[", key);
	for (unsigned int first = 0; first < all; first += length) {
		fprintf(out, "%s%s\"%u-%u\"%s", first ? "," : "", before, first, first + length - 1,
			after);
	}
	fputs("]", out);
}

char *bench_host_document(const struct bench_host *host)
{
	unsigned int all = host->nodes * host->cpus_per_node;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	fputs("{\"version\":1,\"name\":\"bench\",", out);
	write_nodes(out, host);
	write_runs(out, "cores", all, 2, "", "");
	write_runs(out, "caches", all, 8, "{\"level\":3,\"cpus\":", "}");
	if (host->free_nodes < host->nodes)
		fprintf(out, ",\"allocations\":[{\"vm\":\"other\",\"cpus\":\"%u-%u\"}]",
			host->free_nodes * host->cpus_per_node, all - 1);
	fputs("}", out);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

char *bench_spec_document(const char *name, unsigned int vcpus, unsigned int cells)
{
	char text[160];

	snprintf(text, sizeof(text),
		 "{\"version\":1,\"name\":\"%s\",\"vcpus\":%u,\"memory\":\"%uGiB\","
		 "\"numa\":{\"cells\":%u}}",
		 name, vcpus, vcpus, cells);
	return strdup(text);
}

const char *bench_synthetic(void)
{
	return "pack:4 [numa(memory=549755813888)] l3:8 l2:8 core:1 pu:2";
}
