/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is asked of the CPUs of a node, and tables of what it costs. */
#include "solve.h"

bool vtune__can_start(const struct vtune__trial *trial, const unsigned int *nodes,
		      unsigned int node)
{
	const struct vtune__site *site = &trial->scene->sites[node];

	if (!trial->huge || (trial->scene->lift & VTUNE__LIFT_START))
		return true;
	if (trial->emulator_each)
		return site->has_cpus &&
		       (site->dedicated > 0 || (trial->scene->lift & VTUNE__LIFT_CPUS));
	for (unsigned int g = 0; g < trial->ncells; g++)
		if (nodes[g] == node)
			return true;
	if (trial->scene->spec->emulator == VTUNE__EMULATOR_ISOLATE)
		return site->has_cpus; /* the constraint is lifted */
	return trial->scene->spec->emulator == VTUNE__EMULATOR_SHARE && site->pool > 0;
}

/* Does the number of CPUs not matter? A thread policy counts by itself. */
static bool is_boundless(const struct vtune__scene *scene)
{
	return (scene->lift & VTUNE__LIFT_CPUS) && vtune__scene_threads(scene) == VTUNE__PREFER;
}

static struct vtune__table *free_table(const struct vtune__trial *trial)
{
	struct vtune__table *table = vtune__arena_take(
		trial->scene->arena, 1,
		sizeof(*table) + (trial->most_helpers + 1) * sizeof(table->best[0]));

	if (table)
		table->most = trial->most_helpers;
	return table;
}

static struct vtune__cpu_ask ask_for(const struct vtune__trial *trial, int cell, unsigned int node,
				     bool keep)
{
	const struct vtune__scene *scene = trial->scene;
	const struct vtune__cell *it = cell < 0 ? NULL : &trial->cells[cell];
	struct vtune__cpu_ask ask = { .scene = scene,
				      .arena = scene->arena,
				      .node = node,
				      .helpers = trial->most_helpers,
				      .used = it != NULL,
				      .core = -1,
				      .dedicated = it ? it->dedicated : 0 };

	ask.limit = vtune__pool_limit(scene, node, it ? it->shared : 0, keep);
	return ask;
}

/* A table that was made for any scene of the VM, and what it depends on. */
struct vtune__kept {
	struct vtune__kept *next;
	unsigned int dedicated, helpers;
	int limit;
	bool used;
	enum vtune__threads threads;
	struct vtune__table *table;
	struct vtune__program *program; /* or NULL */
};

static bool is_for(const struct vtune__kept *kept, const struct vtune__cpu_ask *ask,
		   enum vtune__threads threads)
{
	return kept->dedicated == ask->dedicated && kept->helpers == ask->helpers &&
	       kept->limit == ask->limit && kept->used == ask->used && kept->threads == threads;
}

static struct vtune__kept **kept_of(const struct vtune__cpu_ask *ask)
{
	return &ask->scene->kept[ask->scene->sites[ask->node].kin];
}

static struct vtune__kept *find_kept(const struct vtune__cpu_ask *ask)
{
	enum vtune__threads threads = vtune__scene_threads(ask->scene);
	struct vtune__kept *kept = *kept_of(ask);

	while (kept && !is_for(kept, ask, threads))
		kept = kept->next;
	return kept;
}

static struct vtune__table *keep_table(const struct vtune__cpu_ask *ask)
{
	struct vtune__kept *kept = find_kept(ask);

	if (kept)
		return kept->table;
	kept = vtune__arena_take(ask->scene->keeper, 1, sizeof(*kept));
	if (!kept)
		return NULL;
	*kept = (struct vtune__kept){ .next = *kept_of(ask),
				      .dedicated = ask->dedicated,
				      .helpers = ask->helpers,
				      .limit = ask->limit,
				      .used = ask->used,
				      .threads = vtune__scene_threads(ask->scene) };
	kept->table = vtune__cpus_table(ask, &kept->program);
	if (!kept->table)
		return NULL;
	*kept_of(ask) = kept;
	return kept->table;
}

struct vtune__program *vtune__kept_program(const struct vtune__cpu_ask *ask)
{
	struct vtune__kept *kept = find_kept(ask);

	return kept ? kept->program : NULL;
}

static struct vtune__table *make_table(const struct vtune__trial *trial, int cell,
				       unsigned int node)
{
	struct vtune__cpu_ask ask = ask_for(trial, cell, node, false);

	if (is_boundless(trial->scene) && ask.limit >= 0)
		return free_table(trial);
	ask.arena = trial->scene->keeper;
	return keep_table(&ask);
}

enum vtune__may vtune__trial_may(const struct vtune__trial *trial, unsigned int cell,
				 unsigned int node, unsigned int helpers)
{
	struct vtune__cpu_ask ask = ask_for(trial, (int)cell, node, false);

	if (is_boundless(trial->scene))
		return ask.limit >= 0 ? VTUNE__CAN : VTUNE__CANNOT;
	return vtune__cpus_may(&ask, helpers);
}

const struct vtune__table *vtune__trial_table(const struct vtune__trial *trial, int cell,
					      unsigned int node)
{
	unsigned int kin = trial->scene->sites[node].kin;
	struct vtune__table **at = &trial->bare[kin];

	if (cell >= 0)
		at = &trial->tables[(size_t)trial->cells[cell].like * trial->scene->nnodes + kin];
	if (!*at)
		*at = make_table(trial, cell, kin);
	return *at;
}

bool vtune__layout_keeps(const struct vtune__layout *layout, const struct vtune__trial *trial,
			 unsigned int node)
{
	return trial->huge && trial->scene->spec->emulator == VTUNE__EMULATOR_SHARE &&
	       !(trial->scene->lift & VTUNE__LIFT_START) &&
	       vtune__layout_cell(layout, trial, node) < 0 &&
	       vtune__layout_has_memory(layout, trial, node);
}

/* Which of the node's common groups, as bits of mine, are to be touched. */
static void fill_touch(const struct vtune__layout *layout, unsigned int mine, unsigned int touched,
		       enum vtune__touch *touch)
{
	for (unsigned int i = 0; i < layout->ncommon; i++)
		if (mine >> i & 1)
			touch[layout->common[i]] = touched >> i & 1 ? VTUNE__MUST_TOUCH
								    : VTUNE__NEVER_TOUCH;
}

bool vtune__layout_ask(const struct vtune__layout *layout, const struct vtune__trial *trial,
		       unsigned int node, enum vtune__touch *touch, struct vtune__cpu_ask *ask)
{
	int cell = vtune__layout_cell(layout, trial, node);

	if (cell < 0 && layout->helpers[node] == 0)
		return false;
	*ask = ask_for(trial, cell, node, layout->keeps[node]);
	ask->helpers = layout->helpers[node];
	fill_touch(layout, ~0U, layout->touched[node], touch);
	ask->touch = touch;
	return true;
}

struct vtune__table *vtune__layout_table(const struct vtune__layout *layout,
					 const struct vtune__trial *trial, unsigned int node,
					 unsigned int mine, unsigned int touched,
					 enum vtune__touch *touch, struct vtune__arena *arena)
{
	int cell = vtune__layout_cell(layout, trial, node);
	struct vtune__cpu_ask ask;

	ask = ask_for(trial, cell, node, layout->keeps[node]);
	if (is_boundless(trial->scene) && ask.limit >= 0)
		return free_table(trial);
	ask.arena = arena;
	if (mine != 0) {
		fill_touch(layout, mine, touched, touch);
		ask.touch = touch;
	}
	return vtune__cpus_table(&ask, NULL);
}
