/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Several VMs in one call. First which of them: one after another, and where one does
 * not fit, those before it make room if they can. Then a search for less cost. */
#include <stdlib.h>
#include <string.h>

#include "together.h"

/* Half a second, more or less, for all searches of a call. */
#define WORK_LIMIT UINT64_C(500000)

struct group {
	const struct vtune_spec *const *specs;
	unsigned int count;
	const struct vtune_options *options;
	struct vtune_host *host;   /* without any of the VMs */
	struct vtune_plan **plans; /* by VM; of those that are accepted, later of all */
	bool *accepted;
	bool *proven;  /* by VM that is not: it cannot be */
	uint64_t left; /* steps */
	bool optimal;
	struct vtune_error **err;
};

/* ---- hosts ---- */

static int replace_host(struct vtune_host **host, struct vtune_host *with)
{
	if (!with)
		return -1;
	vtune_host_free(*host);
	*host = with;
	return 0;
}

/* The host with the plans of the accepted VMs before that one. */
static struct vtune_host *host_before(struct group *g, unsigned int vm)
{
	struct vtune_host *host = vtune__host_copy(g->host, NULL, g->err);

	for (unsigned int i = 0; i < vm && host; i++) {
		if (!g->accepted[i])
			continue;
		if (replace_host(&host, vtune_host_with_plan(host, g->plans[i], g->err)) < 0) {
			vtune_host_free(host);
			return NULL;
		}
	}
	return host;
}

/* ---- a team of those that are accepted ---- */

struct members {
	struct vtune__team team;
	unsigned int *vms;
};

static void members_free(struct members *m)
{
	free(m->team.specs);
	free(m->team.plans);
	free(m->vms);
}

/* The accepted VMs before that one, and that one if it is to be. */
static int members_find(struct members *m, struct group *g, unsigned int end, bool with_end)
{
	*m = (struct members){ .team = { .host = g->host } };
	m->team.specs = vtune__alloc((size_t)end + 1, sizeof(struct vtune_spec *), g->err);
	m->team.plans = vtune__alloc((size_t)end + 1, sizeof(struct vtune_plan *), g->err);
	m->vms = vtune__alloc((size_t)end + 1, sizeof(*m->vms), g->err);
	if (!m->team.specs || !m->team.plans || !m->vms)
		return -1;
	for (unsigned int i = 0; i < end + with_end; i++) {
		if (i < end && !g->accepted[i])
			continue;
		m->team.specs[m->team.count] = g->specs[i];
		m->vms[m->team.count++] = i;
	}
	return 0;
}

static void take_plans(struct members *m, struct group *g)
{
	for (unsigned int i = 0; i < m->team.count; i++) {
		vtune_plan_free(g->plans[m->vms[i]]);
		g->plans[m->vms[i]] = m->team.plans[i];
	}
}

/* ---- which of them ---- */

/* Search for room for a VM beside those before it. No more than half of the steps
 * that are left: there may be others like it, and costs to be minimized. */
static int make_room(struct group *g, unsigned int vm)
{
	struct members m;
	struct vtune__team *team = &m.team;
	uint64_t steps = g->left / 2;
	int result = members_find(&m, g, vm, true);

	team->left = steps;
	if (result == 0)
		result = vtune__team_check(team, g->err);
	if (result == 0 && !team->proven)
		result = vtune__team_promote(team, g->err);
	if (result == 0 && !team->proven && !team->plans[0])
		result = vtune__team_search(team, g->err);
	g->left -= steps - team->left;
	if (result == 0 && team->plans[0]) {
		take_plans(&m, g);
		g->accepted[vm] = true;
	} else if (result == 0) {
		g->proven[vm] = team->proven;
	}
	members_free(&m);
	return result;
}

/* Place a VM on what those before it left; *host becomes the host with it. */
static int place_next(struct group *g, unsigned int vm, struct vtune_host **host)
{
	struct vtune_plan *plan = vtune__place(*host, g->specs[vm], g->options, false, g->err);

	if (!plan)
		return -1;
	if (!vtune_plan_fits(plan)) {
		vtune_plan_free(plan);
		return 0;
	}
	g->plans[vm] = plan;
	g->accepted[vm] = true;
	return replace_host(host, vtune_host_with_plan(*host, plan, g->err));
}

/* Accept or refuse the VMs from that one on. */
static int accept_from(struct group *g, unsigned int first, bool all)
{
	struct vtune_host *host = host_before(g, first);
	int result = host ? 0 : -1;

	for (unsigned int i = first; i < g->count; i++) {
		g->accepted[i] = g->proven[i] = false;
		vtune_plan_free(g->plans[i]);
		g->plans[i] = NULL;
	}
	for (unsigned int i = first; i < g->count && result == 0; i++) {
		result = place_next(g, i, &host);
		if (result < 0 || g->accepted[i])
			continue;
		result = make_room(g, i);
		if (result == 0 && g->accepted[i])
			result = replace_host(&host, host_before(g, i + 1));
		else if (all)
			break;
	}
	vtune_host_free(host);
	return result;
}

/* ---- less cost ---- */

static bool is_proven(const struct group *g)
{
	for (unsigned int i = 0; i < g->count; i++)
		if (!g->accepted[i] && !g->proven[i])
			return false;
	return true;
}

/* Alone it is the best one if it was, beside others if the sum is the least. */
static int set_optimal(struct group *g, unsigned int vm, bool several, bool least)
{
	struct vtune_plan *plan = g->plans[vm];
	bool optimal = (several ? least : plan->optimal) && is_proven(g);

	if (several)
		plan->has_bound = false; /* the bound of one VM says nothing of the sum */
	return vtune__plan_set_optimal(plan, optimal, g->err);
}

static int improve(struct group *g)
{
	struct members m;
	int result = members_find(&m, g, g->count, false);

	for (unsigned int i = 0; i < m.team.count && result == 0; i++) {
		m.team.plans[i] = g->plans[m.vms[i]];
		g->plans[m.vms[i]] = NULL; /* the team's */
	}
	m.team.left = g->left;
	m.team.proven = true;
	if (result == 0 && m.team.count > 1)
		result = vtune__team_search(&m.team, g->err);
	g->left = m.team.left;
	take_plans(&m, g);
	for (unsigned int i = 0; i < m.team.count && result == 0; i++)
		result = set_optimal(g, m.vms[i], m.team.count > 1, m.team.proven);
	members_free(&m);
	return result;
}

/* Why the others are refused. One that was refused for lack of steps may fit after
 * all now that there is less cost: then *fits is its number, and the search goes on. */
static int give_reasons(struct group *g, unsigned int *fits)
{
	struct vtune_host *host = host_before(g, 0);
	int result = host ? 0 : -1;

	*fits = g->count;
	for (unsigned int i = 0; i < g->count && result == 0; i++) {
		if (!g->accepted[i]) {
			vtune_plan_free(g->plans[i]);
			g->plans[i] = vtune_place(host, g->specs[i], g->options, g->err);
			result = g->plans[i] ? 0 : -1;
		} else {
			result = replace_host(&host,
					      vtune_host_with_plan(host, g->plans[i], g->err));
		}
		if (result == 0 && !g->accepted[i] && vtune_plan_fits(g->plans[i])) {
			g->accepted[i] = true;
			*fits = i;
			break;
		}
	}
	vtune_host_free(host);
	return result;
}

/* As many as can be. */
static int place_most(struct group *g)
{
	unsigned int fits = 0;
	int result = accept_from(g, 0, false);

	while (result == 0) {
		result = improve(g);
		if (result == 0)
			result = give_reasons(g, &fits);
		if (result < 0 || fits == g->count)
			break;
		result = accept_from(g, fits + 1, false);
	}
	return result;
}

/* ---- all or none ---- */

static int refuse_with(struct group *g, unsigned int vm, const struct vtune_plan *first)
{
	struct vtune_plan *plan = vtune__plan_new(g->specs[vm]->name, g->err);

	vtune_plan_free(g->plans[vm]);
	g->plans[vm] = plan;
	if (!plan)
		return -1;
	for (unsigned int i = 0; i < first->nreasons; i++) {
		const struct vtune__plan_reason *reason = &first->reasons[i];

		if (vtune__plan_add_reason(plan, g->err, reason->code, -1, -1, reason->need,
					   reason->have,
					   "all or none was asked for, and \"%s\" does not fit: %s",
					   first->vm, reason->text) < 0)
			return -1;
	}
	return 0;
}

/* The first one that does not fit has reasons of its own; the others have those. */
static int refuse_all(struct group *g, unsigned int vm)
{
	struct vtune_host *host = host_before(g, vm);
	int result = host ? 0 : -1;

	if (result == 0) {
		g->plans[vm] = vtune_place(host, g->specs[vm], g->options, g->err);
		result = g->plans[vm] ? 0 : -1;
	}
	for (unsigned int i = 0; i < g->count && result == 0; i++)
		if (i != vm)
			result = refuse_with(g, i, g->plans[vm]);
	vtune_host_free(host);
	return result;
}

static int place_all(struct group *g)
{
	unsigned int vm = 0;

	if (accept_from(g, 0, true) < 0)
		return -1;
	while (vm < g->count && g->accepted[vm])
		vm++;
	return vm == g->count ? improve(g) : refuse_all(g, vm);
}

/* ---- the call ---- */

static int check_specs(const struct vtune_spec *const *specs, unsigned int nspecs,
		       struct vtune_error **err)
{
	for (unsigned int i = 0; i < nspecs; i++) {
		if (!specs[i])
			return vtune__fail(err, VTUNE_ERR_INVALID, NULL,
					   "vtune_place_together: spec %u is NULL", i);
		for (unsigned int k = 0; k < i; k++)
			if (strcmp(specs[k]->name, specs[i]->name) == 0)
				return vtune__fail(err, VTUNE_ERR_INVALID, NULL,
						   "specs %u and %u are both of a VM named \"%s\"; "
						   "give each VM a name of its own",
						   k, i, specs[i]->name);
	}
	return 0;
}

static int begin(struct group *g, const struct vtune_host *host)
{
	g->left = g->options && g->options->work_limit ? g->options->work_limit : WORK_LIMIT;
	g->plans = vtune__alloc(g->count, sizeof(struct vtune_plan *), g->err);
	g->accepted = vtune__alloc(g->count, sizeof(*g->accepted), g->err);
	g->proven = vtune__alloc(g->count, sizeof(*g->proven), g->err);
	g->host = vtune__host_copy(host, NULL, g->err);
	if (!g->plans || !g->accepted || !g->proven || !g->host)
		return -1;
	for (unsigned int i = 0; i < g->count; i++)
		if (vtune__host_has_allocation(g->host, g->specs[i]->name) &&
		    replace_host(&g->host, vtune__host_copy(g->host, g->specs[i]->name, g->err)) <
			    0)
			return -1;
	return 0;
}

static void end(struct group *g)
{
	for (unsigned int i = 0; i < g->count && g->plans; i++)
		vtune_plan_free(g->plans[i]);
	free(g->plans);
	free(g->accepted);
	free(g->proven);
	vtune_host_free(g->host);
}

VTUNE_EXPORT int vtune_place_together(const struct vtune_host *host,
				      const struct vtune_spec *const *specs, unsigned int nspecs,
				      enum vtune_together together,
				      const struct vtune_options *options,
				      struct vtune_plan **plans, struct vtune_error **err)
{
	struct group g = { .specs = specs, .count = nspecs, .options = options, .err = err };
	int result;

	if (!host || (nspecs > 0 && (!specs || !plans)))
		return vtune__fail_null(err, __func__);
	if (together != VTUNE_TOGETHER_MOST && together != VTUNE_TOGETHER_ALL)
		return vtune__fail(err, VTUNE_ERR_INVALID, NULL,
				   "%s: %d is not one of enum vtune_together", __func__,
				   (int)together);
	if (check_specs(specs, nspecs, err) < 0)
		return -1;
	result = begin(&g, host);
	if (result == 0)
		result = together == VTUNE_TOGETHER_ALL ? place_all(&g) : place_most(&g);
	for (unsigned int i = 0; i < nspecs && result == 0; i++) {
		plans[i] = g.plans[i];
		g.plans[i] = NULL;
	}
	end(&g);
	return result;
}
