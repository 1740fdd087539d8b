/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host-reading.h"

uint64_t *vtune__table_new(const struct vtune__topology *topology, struct vtune_error **err)
{
	return vtune__alloc((size_t)topology->nnodes * vtune__table_columns(topology),
			    sizeof(uint64_t), err);
}

uint64_t vtune__table_total(const struct vtune__topology *topology, unsigned int node,
			    unsigned int column)
{
	const uint64_t *pools = &topology->pool_total[(size_t)node * topology->npage_sizes];
	uint64_t kib = topology->nodes[node].memory_kib;

	if (column > 0)
		return pools[column - 1] * topology->page_sizes[column - 1];
	for (unsigned int i = 0; i < topology->npage_sizes; i++)
		kib -= pools[i] * topology->page_sizes[i]; /* together at most all: checked */
	return kib;
}

int vtune__table_column(const struct vtune__topology *topology, uint64_t page_kib)
{
	int size;

	if (page_kib == 0 || page_kib == topology->page_kib)
		return 0;
	size = vtune__topology_page_size(topology, page_kib);
	return size < 0 ? -1 : size + 1;
}

void vtune__table_add(uint64_t *amount, uint64_t kib)
{
	*amount = kib < VTUNE__MAX_KIB - *amount ? *amount + kib : VTUNE__MAX_KIB;
}

/* The sum of weights shifted to the right, at most UINT32_MAX + 1. */
static uint64_t sum_of(const uint64_t *weights, unsigned int count, unsigned int shift)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < count && sum <= UINT32_MAX; i++)
		sum += weights[i] >> shift;
	return sum <= UINT32_MAX ? sum : UINT64_C(1) << 32;
}

void vtune__table_spread(const struct vtune__topology *topology, uint64_t *table,
			 unsigned int column, uint64_t kib, const uint64_t *weights)
{
	uint64_t page = column > 0 ? topology->page_sizes[column - 1] : topology->page_kib;
	uint64_t pages = kib / page + (kib % page != 0), left = pages, sum;
	unsigned int shift = 0;

	/* Weights of 32 bits, so that products fit 64. */
	while ((sum = sum_of(weights, topology->nnodes, shift)) > UINT32_MAX)
		shift++;
	for (unsigned int i = 0; i < topology->nnodes && sum > 0; i++) {
		uint64_t weight = weights[i] >> shift;
		uint64_t part = pages / sum * weight + pages % sum * weight / sum;

		vtune__table_add(&table[vtune__table_place(topology, i, column)], part * page);
		left -= part;
	}
	/* Less than one for each. */
	for (unsigned int i = 0; i < topology->nnodes && left > 0; i++) {
		if (weights[i] >> shift == 0)
			continue;
		vtune__table_add(&table[vtune__table_place(topology, i, column)], page);
		left--;
	}
}
