/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks the library, through its public functions, and the oracle the same question. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include <libvtune.h>

#include "oracle.h"
#include "oracle-fuzz.h"

const char *const fuzz_result_name[FUZZ_RESULTS] = {
	"agrees", "unsupported", "host refused", "spec refused", "error", "verdict",
	"plan", "cost", "page size", "optimal", "ties", "reasons", "would_fit", "round trip", "give back",
};

static enum fuzz_result result(struct fuzz_report *report, enum fuzz_result kind,
			       const char *format, ...) __attribute__((format(printf, 3, 4)));
static enum fuzz_result result(struct fuzz_report *report, enum fuzz_result kind,
			       const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(report->text, sizeof(report->text), format, args);
	va_end(args);
	return kind;
}

static enum fuzz_result refused(struct fuzz_report *report, enum fuzz_result kind,
				struct vtune_error *error)
{
	if (vtune_error_get_code(error) == VTUNE_ERR_UNSUPPORTED)
		kind = FUZZ_UNSUPPORTED;
	result(report, kind, "%s: %s", vtune_error_get_where(error),
	       vtune_error_get_message(error));
	vtune_error_free(error);
	return kind;
}

/* The plan must come out of its own document unchanged. */
static bool survives(const char *json)
{
	struct vtune_plan *plan = vtune_plan_from_json(json, NULL);
	char *again = plan ? vtune_plan_to_json(plan, NULL) : NULL;
	bool same = again && !strcmp(json, again);

	free(again);
	vtune_plan_free(plan);
	return same;
}

/* FUZZ_AGREES: report->library is the plan that the library made. */
static enum fuzz_result ask_library(const struct vtune_host *host,
				    struct json_object *spec_document,
				    struct fuzz_report *report)
{
	struct vtune_error *error = NULL;
	struct vtune_spec *spec;
	struct vtune_plan *plan = NULL;
	enum fuzz_result kind = FUZZ_AGREES;
	char *json = NULL;

	spec = vtune_spec_from_json(json_object_to_json_string(spec_document), &error);
	if (spec)
		plan = vtune_place(host, spec, NULL, &error);
	if (plan)
		json = vtune_plan_to_json(plan, &error);
	if (json) {
		report->library = json_tokener_parse(json);
		report->survives = survives(json);
	} else {
		kind = refused(report, spec ? FUZZ_ERROR : FUZZ_SPEC, error);
	}
	free(json);
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	return kind;
}

/* Of devices that are equally good, those with the lowest numbers. */
static enum fuzz_result compare_devices(const struct oracle_case *c,
					const struct oracle_answer *answer,
					struct fuzz_report *report)
{
	struct json_object *devices = oracle_get(report->library, "devices");
	unsigned int chosen[ORACLE_DEVICES], i;
	uint32_t cells = 0;
	const char *id;

	for (i = 0; i < answer->ncells; i++)
		cells |= 1u << answer->node[i];
	oracle_devices(c, cells, chosen);
	for (i = 0; i < c->spec.nhostdevs; i++) {
		id = oracle_text(json_object_array_get_idx(devices, i), "id", "");
		if (strcmp(id, c->host.device[chosen[i]]))
			return result(report, FUZZ_TIES, "device %u is %s, not %s", i, id,
				      c->host.device[chosen[i]]);
	}
	return FUZZ_AGREES;
}

static enum fuzz_result compare_plan(const struct oracle_case *c,
				     const struct oracle_answer *answer, bool ties,
				     struct fuzz_report *report)
{
	struct json_object *cells = oracle_get(report->library, "cells");
	int64_t cost[ORACLE_COSTS], page_kib;
	const char *why = oracle_check(c, report->library, cost, &page_kib);
	unsigned int i;
	int64_t node;

	if (why)
		return result(report, FUZZ_PLAN, "%s", why);
	if (json_object_array_length(cells) != answer->ncells)
		return result(report, FUZZ_COST, "%u cells are enough", answer->ncells);
	for (i = 0; i < ORACLE_COSTS; i++) {
		if (i == ORACLE_CACHES && page_kib != answer->page_kib)
			return result(report, FUZZ_PAGE, "page_kib is %" PRId64 ", not %" PRId64,
				      page_kib, answer->page_kib);
		if (cost[i] != answer->cost[i])
			return result(report, FUZZ_COST, "%s is %" PRId64 ", not %" PRId64,
				      oracle_cost_name[i], cost[i], answer->cost[i]);
	}
	if (!json_object_get_boolean(oracle_get(report->library, "optimal")))
		return result(report, FUZZ_OPTIMAL, "the best plan, but not optimal: true");
	for (i = 0; ties && i < answer->ncells; i++) {
		node = oracle_int(json_object_array_get_idx(cells, i), "node", -1);
		if (node != (int64_t)c->host.node[answer->node[i]].id)
			return result(report, FUZZ_TIES, "cell %u is on node %" PRId64, i, node);
	}
	return ties ? compare_devices(c, answer, report) : FUZZ_AGREES;
}

/* RFC 7386; consumes neither. */
static struct json_object *merge(struct json_object *target, struct json_object *patch)
{
	struct json_object *merged = NULL, *old;

	if (!json_object_is_type(patch, json_type_object))
		return json_object_get(patch);
	if (json_object_is_type(target, json_type_object))
		json_object_deep_copy(target, &merged, NULL);
	else
		merged = json_object_new_object();
	json_object_object_foreach(patch, key, value) {
		old = oracle_get(merged, key);
		if (value)
			json_object_object_add(merged, key, merge(old, value));
		else
			json_object_object_del(merged, key);
	}
	return merged;
}

/* Every change that is promised to help must help. */
static enum fuzz_result check_changes(struct json_object *host, struct json_object *spec,
				      struct fuzz_report *report)
{
	struct json_object *list = oracle_get(report->library, "would_fit"), *change, *changed;
	struct oracle_answer answer;
	struct oracle_case c;
	size_t i;

	for (i = 0; list && i < json_object_array_length(list); i++) {
		change = oracle_get(json_object_array_get_idx(list, i), "change");
		if (!change || oracle_get(change, "move"))
			continue;
		changed = merge(spec, change);
		oracle_read(&c, host, changed);
		oracle_solve(&c, &answer);
		json_object_put(changed);
		if (!answer.fits)
			return result(report, FUZZ_WOULD_FIT, "%s would not make it fit",
				      json_object_to_json_string(change));
	}
	return FUZZ_AGREES;
}

static enum fuzz_result check_reasons(struct fuzz_report *report)
{
	static const char *const codes[] = {
		"cpus", "threads", "shared", "memory", "pages", "nodes", "devices",
		"max_distance", "helpers", "start",
	};
	struct json_object *reasons = oracle_get(report->library, "reasons"), *reason;
	size_t i, k;

	if (!reasons || !json_object_array_length(reasons))
		return result(report, FUZZ_REASONS, "it does not fit, but no reason is given");
	for (i = 0; i < json_object_array_length(reasons); i++) {
		reason = json_object_array_get_idx(reasons, i);
		for (k = 0; k < sizeof(codes) / sizeof(codes[0]); k++) {
			if (!strcmp(codes[k], oracle_text(reason, "code", "")))
				break;
		}
		if (k == sizeof(codes) / sizeof(codes[0]))
			return result(report, FUZZ_REASONS, "unknown reason %s",
				      oracle_text(reason, "code", "(none)"));
	}
	return FUZZ_AGREES;
}

static enum fuzz_result compare_answers(const struct oracle_case *c,
					const struct oracle_answer *answer,
					struct json_object *host, struct json_object *spec,
					bool ties, struct fuzz_report *report)
{
	bool fits = json_object_get_boolean(oracle_get(report->library, "fits"));
	enum fuzz_result kind;

	if (fits != answer->fits)
		return result(report, FUZZ_VERDICT, "it %s, but the library says it %s",
			      answer->fits ? "fits" : "does not fit",
			      fits ? "fits" : "does not");
	kind = fits ? compare_plan(c, answer, ties, report) : check_reasons(report);
	if (kind == FUZZ_AGREES && !fits)
		kind = check_changes(host, spec, report);
	if (kind == FUZZ_AGREES && !report->survives)
		kind = result(report, FUZZ_ROUND_TRIP, "read again, the plan differs");
	return kind;
}

/* One VM on a host that the library has as an object and the oracle as a document. */
static enum fuzz_result compare_one(const struct vtune_host *object, struct oracle_case *c,
				    struct json_object *host, struct json_object *spec,
				    bool ties, struct fuzz_report *report)
{
	struct oracle_answer answer;
	enum fuzz_result kind;

	memset(report, 0, sizeof(*report));
	oracle_read(c, host, spec);
	oracle_solve(c, &answer);
	report->fits = answer.fits;
	report->oracle = oracle_answer_to_json(c, &answer);
	kind = ask_library(object, spec, report);
	if (kind == FUZZ_AGREES)
		kind = compare_answers(c, &answer, host, spec, ties, report);
	return kind;
}

/* The host with the plan held; without it again, the plan must be the same. */
static struct vtune_host *hold(const struct vtune_host *object, struct json_object *spec,
			       struct fuzz_report *report, enum fuzz_result *kind)
{
	const char *json = json_object_to_json_string(report->library);
	struct vtune_plan *plan = vtune_plan_from_json(json, NULL);
	struct vtune_host *held = vtune_host_with_plan(object, plan, NULL);
	struct vtune_host *without = vtune_host_without(held, vtune_plan_get_vm(plan), NULL);
	struct fuzz_report again = { 0 };

	if (!without || ask_library(without, spec, &again) != FUZZ_AGREES ||
	    !json_object_equal(again.library, report->library))
		*kind = result(report, FUZZ_GIVE_BACK, "held and given up, the plan differs");
	fuzz_report_clear(&again);
	vtune_host_free(without);
	vtune_plan_free(plan);
	return held;
}

/* Goes on to the host that the plan leaves, and to a VM of another name. */
static void next_link(const struct oracle_case *c, struct json_object **host,
		      struct json_object **spec, struct fuzz_report *report, unsigned int link)
{
	struct json_object *old_host = *host, *old_spec = *spec;
	char name[32];

	*host = oracle_hold(c, old_host, report->library);
	*spec = NULL;
	json_object_deep_copy(old_spec, spec, NULL);
	snprintf(name, sizeof(name), "link%u", link);
	json_object_object_add(*spec, "name", json_object_new_string(name));
	json_object_put(old_host);
	json_object_put(old_spec);
	fuzz_report_clear(report);
}

enum fuzz_result fuzz_compare(struct json_object *host, struct json_object *spec,
			      const struct fuzz_options *options, struct fuzz_report *report)
{
	static struct oracle_case c;
	struct vtune_error *error = NULL;
	struct vtune_host *object, *held;
	enum fuzz_result kind;
	unsigned int link;

	memset(report, 0, sizeof(*report));
	object = vtune_host_from_json(json_object_to_json_string(host), &error);
	if (!object)
		return refused(report, FUZZ_HOST, error);
	json_object_get(host);
	json_object_get(spec);
	for (link = 0;; link++) {
		kind = compare_one(object, &c, host, spec, options->ties, report);
		if (kind != FUZZ_AGREES || !report->fits || link == options->chain)
			break;
		held = hold(object, spec, report, &kind);
		if (kind != FUZZ_AGREES) {
			vtune_host_free(held);
			break;
		}
		vtune_host_free(object);
		object = held;
		next_link(&c, &host, &spec, report, link + 1);
	}
	json_object_put(host);
	json_object_put(spec);
	vtune_host_free(object);
	report->link = link;
	report->fits = report->fits || link > 0;
	return kind;
}

void fuzz_report_clear(struct fuzz_report *report)
{
	json_object_put(report->oracle);
	json_object_put(report->library);
	report->oracle = report->library = NULL;
}
