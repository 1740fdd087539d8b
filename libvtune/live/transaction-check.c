/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "apply.h"

#include <stdlib.h>
#include <string.h>

const struct vtune__set *vtune__pin_or(const struct vtune__set *pin,
				       const struct vtune__set *online)
{
	return pin && !vtune__set_is_empty(pin) ? pin : online;
}

struct difference {
	struct vtune__text text;
	const struct vtune__set *online;
};

static void compare_sets(struct difference *difference, const char *what, int id,
			 const struct vtune__set *want, const struct vtune__set *have)
{
	struct vtune__text *text = &difference->text;

	want = vtune__pin_or(want, difference->online);
	have = vtune__pin_or(have, difference->online);
	if (vtune__set_equal(want, have))
		return;
	vtune__text_add(text, text->length > 0 ? ", " : "");
	vtune__text_add(text, what);
	if (id >= 0)
		vtune__text_addf(text, " %d", id);
	vtune__text_add(text, " is on ");
	vtune__text_add_set(text, have);
	vtune__text_add(text, " and not on ");
	vtune__text_add_set(text, want);
}

static void compare_iothreads(struct difference *difference, const struct vtune__pins *want,
			      const struct vtune__pins *have)
{
	unsigned int j = 0;

	for (unsigned int i = 0; i < want->niothreads; i++) {
		unsigned int id = want->iothreads[i].id;

		while (j < have->niothreads && have->iothreads[j].id < id)
			j++;
		if (j < have->niothreads && have->iothreads[j].id == id)
			compare_sets(difference, "I/O thread", (int)id, &want->iothreads[i].cpus,
				     &have->iothreads[j].cpus);
		else
			vtune__text_addf(&difference->text, "%sI/O thread %u is missing",
					 difference->text.length > 0 ? ", " : "", id);
	}
}

char *vtune__pins_difference(const struct vtune__pins *want, const struct vtune__pins *have,
			     const struct vtune__subject *subject, const struct vtune__set *online,
			     struct vtune_error **err)
{
	struct difference difference = { .online = online };
	struct vtune__text *text = &difference.text;

	VTUNE__SET_FOREACH(vcpu, &subject->live.plugged) {
		if ((unsigned int)vcpu < want->nvcpus && (unsigned int)vcpu < have->nvcpus)
			compare_sets(&difference, "vCPU", vcpu, &want->vcpus[vcpu],
				     &have->vcpus[vcpu]);
	}
	compare_sets(&difference, "the emulator", -1, &want->emulator, &have->emulator);
	compare_iothreads(&difference, want, have);
	if (subject->sets_scheduler)
		vtune__scheduler_compare(text, want, have);
	if (vtune__can_set_nodes(subject) && !vtune__set_equal(&want->nodes, &have->nodes)) {
		vtune__text_addf(text, "%sits memory is bound to nodes ",
				 text->length > 0 ? ", " : "");
		vtune__text_add_set(text, &have->nodes);
	}
	if (text->length == 0 && !text->failed)
		return NULL;
	return vtune__text_take(text, err);
}

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : !a && !b;
}

bool vtune__pins_keep_same(const struct vtune__pins *a, const struct vtune__pins *b)
{
	return is_same_text(a->plan, b->plan) && is_same_text(a->former, b->former);
}

/* Does the running domain carry the plan and the former definition that it should? */
static int carries(const struct vtune__subject *subject, const struct vtune__pins *now,
		   struct vtune_error **err)
{
	const char *former = subject->keeps_former ? subject->live.former : subject->live_former;
	struct vtune_plan *carried;

	if (!is_same_text(now->former, former))
		return 0;
	if (subject->live_plan)
		return vtune__metadata_same_plan(subject->plan_text, now->plan, err);
	carried = vtune__metadata_plan_of(now->plan, NULL);
	vtune_plan_free(carried);
	return carried == NULL;
}

static int check_live(const struct vtune__transaction *transaction,
		      const struct vtune__subject *subject, const char *xml,
		      struct vtune_error **err)
{
	char *difference VTUNE__CLEANUP(vtune__free_string) = NULL;
	struct vtune__pins now VTUNE__CLEANUP(vtune__pins_free) = { 0 };
	int is_carried;

	if (vtune__pins_read(&now, xml, subject->name, err) < 0)
		return -1;
	difference =
		vtune__pins_difference(&subject->target, &now, subject, &transaction->online, err);
	if (*err)
		return -1;
	is_carried = carries(subject, &now, err);
	if (is_carried < 0)
		return -1;
	if (!difference && is_carried)
		return 0;
	return vtune__fail(err, VTUNE_ERR_LIBVIRT, subject->name,
			   "libvirt took all calls for the running domain \"%s\", but %s",
			   subject->name, difference ? difference : "its metadata is another one");
}

static int check_config(const struct vtune__subject *subject, const char *xml,
			struct vtune_error **err)
{
	struct vtune__pins now VTUNE__CLEANUP(vtune__pins_free) = { 0 };
	struct vtune__pins want VTUNE__CLEANUP(vtune__pins_free) = { 0 };

	if (vtune__pins_read(&now, xml, subject->name, err) < 0 ||
	    vtune__pins_read(&want, subject->config_target, subject->name, err) < 0)
		return -1;
	if (vtune__pins_equal(&now, &want) && vtune__pins_keep_same(&now, &want))
		return 0;
	return vtune__fail(err, VTUNE_ERR_LIBVIRT, subject->name,
			   "libvirt took the definition of the domain \"%s\", but has made "
			   "another one of it",
			   subject->name);
}

static int check_subject(const struct vtune__transaction *transaction,
			 const struct vtune__subject *subject, struct vtune_error **err)
{
	char *live VTUNE__CLEANUP(vtune__free_string) = NULL;
	char *config VTUNE__CLEANUP(vtune__free_string) = NULL;

	if (!subject->live_target && !subject->config_target)
		return 0;
	if (vtune__subject_read_xml(transaction->connection, subject->domain, subject->name, &live,
				    &config, err) < 0)
		return -1;
	if ((subject->live_target && !live) || (subject->config_target && !config))
		return vtune__fail(err, VTUNE_ERR_LIBVIRT, subject->name,
				   "The domain \"%s\" stopped meanwhile", subject->name);
	if (subject->live_target && check_live(transaction, subject, live, err) < 0)
		return -1;
	return subject->config_target ? check_config(subject, config, err) : 0;
}

int vtune__transaction_check(struct vtune__transaction *transaction, struct vtune_error **err)
{
	for (unsigned int i = 0; i < transaction->nsubjects; i++) {
		if (check_subject(transaction, transaction->subjects[i], err) < 0)
			return -1;
	}
	return 0;
}
