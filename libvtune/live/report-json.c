/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report.h"

#include <string.h>

#include "../base/json.h"

static const char *const list_names[VTUNE__REPORT_LISTS] = { "calls", "due", "overlaps", "drift",
							     "unseen" };

static const char *const kind_names[] = {
	[VTUNE__REPORT_APPLY] = "apply",
	[VTUNE__REPORT_VERIFY] = "verify",
	[VTUNE__REPORT_MIGRATE] = "migrate",
	[VTUNE__REPORT_TUNE] = "tune",
	[VTUNE__REPORT_UNDO] = "undo",
	[VTUNE__REPORT_PERSIST] = "persist",
};

static void put_word(struct vtune__json_writer *w, struct json_object *object, const char *key,
		     const char *word)
{
	if (word)
		vtune__json_put_string(w, object, key, word);
}

static void put_number(struct vtune__json_writer *w, struct json_object *object, const char *key,
		       int64_t number)
{
	if (number >= 0)
		vtune__json_put_int(w, object, key, number);
}

static struct json_object *write_finding(struct vtune__json_writer *w,
					 const struct vtune_report *report,
					 const struct vtune__finding *finding)
{
	struct json_object *object = vtune__json_new_object(w);

	put_word(w, object, "code", finding->code);
	put_word(w, object, "vm", vtune__report_vm_of(report, finding));
	put_word(w, object, "where", finding->where);
	put_number(w, object, "vcpu", finding->vcpu);
	put_number(w, object, "iothread", finding->iothread);
	put_number(w, object, "cell", finding->cell);
	put_number(w, object, "node", finding->node);
	put_word(w, object, "want", finding->want);
	put_word(w, object, "have", finding->have);
	put_number(w, object, "want_kib", finding->want_kib);
	put_number(w, object, "have_kib", finding->have_kib);
	put_word(w, object, "text", finding->text);
	put_word(w, object, "mend", finding->mend);
	return object;
}

static void write_list(struct vtune__json_writer *w, struct json_object *root,
		       const struct vtune_report *report, enum vtune__report_list list)
{
	struct json_object *array = vtune__json_new_array(w);

	vtune__json_put(w, root, list_names[list], array);
	for (unsigned int i = 0; i < report->lists[list].count; i++)
		vtune__json_append(w, array,
				   write_finding(w, report, &report->lists[list].items[i]));
}

static void write_apply(struct vtune__json_writer *w, struct json_object *root,
			const struct vtune_report *report)
{
	vtune__json_put_string(w, root, "vm", report->nvms ? report->vms[0].name : "");
	put_word(w, root, "to", report->destination);
	vtune__json_put_bool(w, root, "dry_run", report->dry_run);
	write_list(w, root, report, VTUNE__REPORT_CALLS);
	write_list(w, root, report, VTUNE__REPORT_DUE);
	write_list(w, root, report, VTUNE__REPORT_OVERLAPS);
}

static void write_verify(struct vtune__json_writer *w, struct json_object *root,
			 const struct vtune_report *report)
{
	struct json_object *vms = vtune__json_new_array(w);

	vtune__json_put(w, root, "vms", vms);
	for (unsigned int i = 0; i < report->nvms; i++) {
		struct json_object *vm = vtune__json_new_object(w);

		vtune__json_append(w, vms, vm);
		vtune__json_put_string(w, vm, "vm", report->vms[i].name);
		vtune__json_put_bool(w, vm, "running", report->vms[i].is_running);
		put_word(w, vm, "text", report->vms[i].summary);
	}
	write_list(w, root, report, VTUNE__REPORT_DRIFT);
	write_list(w, root, report, VTUNE__REPORT_DUE);
	write_list(w, root, report, VTUNE__REPORT_UNSEEN);
}

static void write_settings(struct vtune__json_writer *w, struct json_object *root,
			   const struct vtune_report *report)
{
	vtune__json_put_bool(w, root, "dry_run", report->dry_run);
	write_list(w, root, report, VTUNE__REPORT_CALLS);
	write_list(w, root, report, VTUNE__REPORT_DRIFT);
	if (report->kind == VTUNE__REPORT_TUNE)
		write_list(w, root, report, VTUNE__REPORT_DUE);
}

VTUNE_EXPORT char *vtune_report_to_json(const struct vtune_report *report, struct vtune_error **err)
{
	struct vtune__json_writer w = { 0 };
	struct json_object *root;

	if (!report) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	root = vtune__json_new_object(&w);
	vtune__json_put_uint(&w, root, "version", 1);
	vtune__json_put_string(&w, root, "kind", kind_names[report->kind]);
	vtune__json_put_bool(&w, root, "holds", vtune_report_holds(report));
	if (report->kind >= VTUNE__REPORT_TUNE)
		write_settings(&w, root, report);
	else if (report->kind == VTUNE__REPORT_VERIFY)
		write_verify(&w, root, report);
	else
		write_apply(&w, root, report);
	return vtune__json_write(&w, root, err);
}
