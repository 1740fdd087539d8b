/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "picture.h"

/* The memory of a node that pages of this size come from: its pool of huge
 * pages (size is their index), or the ordinary memory (size is -1). */
static struct vtune__picture_memory *memory_of(struct vtune__picture *p, unsigned int node,
					       int size)
{
	uint64_t page_kib = size < 0 ? p->topology->page_kib : p->topology->page_sizes[size];
	const struct vtune__picture_node *n = &p->nodes[node];

	for (unsigned int i = 0; i < n->nmemory; i++) {
		struct vtune__picture_memory *memory = &p->memory[n->first_memory + i];

		if (memory->huge == (size >= 0) && memory->page_kib == page_kib)
			return memory;
	}
	return NULL;
}

static int add_one(struct vtune__picture *p, unsigned int node, int size, uint64_t total_kib,
		   uint64_t free_kib, struct vtune_error **err)
{
	struct vtune__picture_node *n = &p->nodes[node];
	struct vtune__picture_memory *memory;
	void *array = p->memory;

	if (total_kib == 0)
		return 0;
	memory = vtune__grow(&array, &p->nmemory, sizeof(*memory), err);
	p->memory = array;
	if (!memory)
		return -1;
	memory->huge = size >= 0;
	memory->page_kib = size < 0 ? p->topology->page_kib : p->topology->page_sizes[size];
	memory->total_kib = total_kib;
	memory->part_kib[VTUNE__PART_FREE] = free_kib;
	if (n->nmemory++ == 0)
		n->first_memory = p->nmemory - 1;
	return 0;
}

static int add_node(struct vtune__picture *p, unsigned int node, struct vtune_error **err)
{
	const struct vtune__topology *t = p->topology;
	uint64_t ordinary_kib = t->nodes[node].memory_kib;
	const uint64_t *pools = &t->pool_total[node * t->npage_sizes];
	const uint64_t *free_pages = &p->room.free_pages[node * t->npage_sizes];

	for (unsigned int i = 0; i < t->npage_sizes; i++) {
		uint64_t pool_kib = pools[i] * t->page_sizes[i];

		ordinary_kib -= pool_kib < ordinary_kib ? pool_kib : ordinary_kib;
	}
	p->memory_kib += t->nodes[node].memory_kib;
	if (add_one(p, node, -1, ordinary_kib, p->room.free_kib[node], err) < 0)
		return -1;
	for (unsigned int i = 0; i < t->npage_sizes; i++)
		if (add_one(p, node, (int)i, pools[i] * t->page_sizes[i],
			    free_pages[i] * t->page_sizes[i], err) < 0)
			return -1;
	return 0;
}

/* A document can say anything: stay where a bar can be reckoned. */
static void add_kib(uint64_t *sum, uint64_t kib)
{
	*sum += kib < VTUNE__MAX_KIB - *sum ? kib : VTUNE__MAX_KIB - *sum;
}

static void add_others(struct vtune__picture *p)
{
	for (unsigned int i = 0; i < p->host->nallocations; i++) {
		const struct vtune__allocation *allocation = &p->host->allocations[i];

		if (p->plan && !strcmp(allocation->vm, p->plan->vm))
			continue;
		for (unsigned int k = 0; k < allocation->nmemory; k++) {
			const struct vtune__memory_held *held = &allocation->memory[k];
			int size = vtune__topology_page_size(p->topology, held->page_kib);
			struct vtune__picture_memory *memory = memory_of(p, held->node, size);

			if (memory)
				add_kib(&memory->part_kib[VTUNE__PART_OTHERS], held->size_kib);
		}
	}
}

static int add_own(struct vtune__picture *p, struct vtune_error **err)
{
	for (unsigned int i = 0; i < p->plan->ncells; i++) {
		const struct vtune__plan_cell *cell = &p->plan->cells[i];
		int size = -1;

		if (p->plan->huge)
			size = vtune__topology_page_size(p->topology, cell->page_kib);
		for (unsigned int k = 0; k < cell->nmemory; k++) {
			int node = vtune__topology_node(p->topology, cell->memory[k].node);
			struct vtune__picture_memory *memory =
				p->plan->huge && size < 0 ? NULL
							  : memory_of(p, (unsigned int)node, size);

			if (!memory)
				return vtune__fail(
					err, VTUNE_ERR_NOT_VALID, p->plan->vm,
					"the plan of VM \"%s\" takes memory of node %u in a page "
					"size that is not there on this host: it was made on "
					"another host",
					p->plan->vm, cell->memory[k].node);
			add_kib(&memory->part_kib[VTUNE__PART_VM], cell->memory[k].size_kib);
		}
	}
	return 0;
}

/* Free is what is left when this VM has taken its part, and used what nobody
 * accounts for. Documents may contradict themselves, and parts exceed the whole. */
static void settle(struct vtune__picture *p, struct vtune__picture_memory *memory)
{
	uint64_t *part = memory->part_kib;
	uint64_t sum;

	part[VTUNE__PART_FREE] -= part[VTUNE__PART_VM] < part[VTUNE__PART_FREE]
					  ? part[VTUNE__PART_VM]
					  : part[VTUNE__PART_FREE];
	sum = part[VTUNE__PART_VM] + part[VTUNE__PART_OTHERS] + part[VTUNE__PART_FREE];
	if (sum < memory->total_kib)
		part[VTUNE__PART_USED] = memory->total_kib - sum;
	memory->sum_kib = sum + part[VTUNE__PART_USED];
	for (unsigned int i = 0; i < VTUNE__PARTS; i++)
		p->parts[i] = p->parts[i] || part[i];
}

int vtune__picture_add_memory(struct vtune__picture *p, struct vtune_error **err)
{
	for (unsigned int i = 0; i < p->topology->nnodes; i++)
		if (add_node(p, i, err) < 0)
			return -1;
	add_others(p);
	if (p->placed && add_own(p, err) < 0)
		return -1;
	for (unsigned int i = 0; i < p->nmemory; i++)
		settle(p, &p->memory[i]);
	return 0;
}

/* Tenths matter below a hundred only. */
static void add_number(struct vtune__text *text, uint64_t kib, uint64_t unit)
{
	uint64_t tenths = kib / unit * 10 + (kib % unit * 10 + unit / 2) / unit;

	if (tenths >= 1000 || tenths % 10 == 0)
		vtune__text_addf(text, "%" PRIu64, (tenths + 5) / 10);
	else
		vtune__text_addf(text, "%" PRIu64 ".%u", tenths / 10, (unsigned int)(tenths % 10));
}

void vtune__picture_add_free(struct vtune__text *text, const struct vtune__picture_memory *memory)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB" };
	unsigned int i = 0;
	uint64_t unit = 1;

	while (i + 1 < VTUNE__COUNT(units) && memory->total_kib / unit >= 1024) {
		unit *= 1024;
		i++;
	}
	add_number(text, memory->part_kib[VTUNE__PART_FREE], unit);
	vtune__text_add(text, " of ");
	add_number(text, memory->total_kib, unit);
	vtune__text_addf(text, " %s free", units[i]);
}

static bool is_own(const struct vtune__picture *p, const struct vtune__device *device)
{
	for (unsigned int i = 0; p->placed && i < p->plan->ndevices; i++)
		if (vtune__topology_device(p->topology, p->plan->devices[i].id) == device)
			return true;
	return false;
}

/* Sort the devices by node; those of unknown node come last. */
int vtune__picture_add_devices(struct vtune__picture *p, struct vtune_error **err)
{
	const struct vtune__topology *t = p->topology;
	unsigned int next = 0;

	p->devices = vtune__alloc(t->ndevices, sizeof(*p->devices), err);
	if (!p->devices)
		return -1;
	for (int i = 0; i <= (int)t->nnodes; i++) {
		int node = i == (int)t->nnodes ? -1 : i;
		unsigned int first = next;

		for (unsigned int k = 0; k < t->ndevices; k++) {
			if (t->devices[k].node != node)
				continue;
			p->devices[next].device = &t->devices[k];
			p->devices[next].own = is_own(p, &t->devices[k]);
			p->has_own_devices = p->has_own_devices || p->devices[next].own;
			next++;
		}
		if (node >= 0) {
			p->nodes[node].first_device = first;
			p->nodes[node].ndevices = next - first;
		} else {
			p->homeless_first = first;
			p->nhomeless = next - first;
		}
	}
	return 0;
}

void vtune__picture_bar(const struct vtune__picture_memory *memory, unsigned int width,
			unsigned int out[VTUNE__PARTS])
{
	unsigned int largest = 0, left = width;

	for (unsigned int i = 0; i < VTUNE__PARTS; i++) {
		/* At most 3 * 2^52 KiB times a width of at most 1024: no overflow. */
		out[i] = (unsigned int)(memory->part_kib[i] * width / memory->sum_kib);
		if (out[i] == 0 && memory->part_kib[i] > 0)
			out[i] = 1;
		if (memory->part_kib[i] > memory->part_kib[largest])
			largest = i;
	}
	for (unsigned int i = 0; i < VTUNE__PARTS; i++) {
		if (i == largest)
			continue;
		if (out[i] > left)
			out[i] = left;
		left -= out[i];
	}
	out[largest] = left;
}
