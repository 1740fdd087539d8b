/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "apply.h"

#include <stdlib.h>
#include <string.h>

/* ---- metadata of the running domain ---- */

static bool is_missing(void)
{
	virErrorPtr reason = virGetLastError();

	return reason && reason->code == VIR_ERR_NO_DOMAIN_METADATA;
}

static int add_metadata(struct vtune__transaction *transaction, struct vtune__subject *subject,
			enum vtune__step_kind kind, const char *uri, char *element,
			struct vtune_error **err)
{
	const struct vtune__calls *calls = transaction->connection->calls;
	char *before = calls->virDomainGetMetadata(subject->domain, VIR_DOMAIN_METADATA_ELEMENT,
						   uri, VIR_DOMAIN_AFFECT_LIVE);
	struct vtune__step *step;

	if (!before && !is_missing()) {
		free(element);
		return vtune__fail_libvirt(transaction->connection, err, subject->name,
					   "Reading the metadata of the domain \"%s\"",
					   subject->name);
	}
	if (before == element || (before && element && strcmp(before, element) == 0)) {
		free(before);
		free(element);
		return 0;
	}
	step = vtune__steps_add(&transaction->steps, kind, subject, err);
	if (!step) {
		free(before);
		free(element);
		return -1;
	}
	step->text = element;
	step->text_before = before;
	return 0;
}

static int add_former(struct vtune__transaction *transaction, struct vtune__subject *subject,
		      struct vtune_error **err)
{
	char *element = NULL;

	if (subject->keeps_former)
		return 0;
	if (subject->live_former) {
		element = vtune__metadata_element("former", subject->live_former, err);
		if (!element)
			return -1;
	}
	return add_metadata(transaction, subject, VTUNE__STEP_FORMER, VTUNE__FORMER_URI, element,
			    err);
}

static int add_plan(struct vtune__transaction *transaction, struct vtune__subject *subject,
		    struct vtune_error **err)
{
	char *element = NULL;

	if (subject->live_plan) {
		if (subject->carries)
			return 0;
		element = vtune__metadata_element("plan", subject->plan_text, err);
		if (!element)
			return -1;
	}
	return add_metadata(transaction, subject, VTUNE__STEP_PLAN, VTUNE__PLAN_URI, element, err);
}

/* ---- threads ---- */

static const struct vtune__pinned_iothread *find_iothread(const struct vtune__pins *pins,
							  unsigned int id)
{
	for (unsigned int i = 0; i < pins->niothreads; i++) {
		if (pins->iothreads[i].id == id)
			return &pins->iothreads[i];
	}
	return NULL;
}

struct movers {
	struct vtune__mover *list;
	unsigned int count;
};

static void movers_free(struct movers *movers)
{
	free(movers->list);
}

static int add_mover(struct movers *movers, enum vtune__mover_kind kind, unsigned int id,
		     const struct vtune__set *now, const struct vtune__set *target,
		     struct vtune_error **err)
{
	struct vtune__mover *mover =
		vtune__grow((void **)&movers->list, &movers->count, sizeof(*mover), err);

	if (!mover)
		return -1;
	mover->kind = kind;
	mover->id = id;
	mover->now = mover->pin = now;
	mover->target = target;
	return 0;
}

/* Threads that libvirt believes to be where they should be may be elsewhere. */
static int find_real(struct vtune__transaction *transaction, struct vtune__subject *subject,
		     struct movers *movers, struct vtune_error **err)
{
	bool believes = false;

	for (unsigned int i = 0; i < movers->count; i++)
		believes |= vtune__set_equal(movers->list[i].now, movers->list[i].target);
	if (!believes)
		return 0;
	if (vtune__subject_read_real(transaction->connection, subject, err) < 0)
		return -1;
	for (unsigned int i = 0; i < movers->count; i++) {
		struct vtune__mover *mover = &movers->list[i];
		const struct vtune__set *real =
			vtune__subject_real(subject, mover->kind, mover->id);

		if (real && !vtune__set_is_empty(real))
			mover->now = real;
	}
	return 0;
}

/* Those that the target does not have stay until the domain ends: where the emulator is
 * they disturb nobody. */
static int add_iothreads(struct vtune__transaction *transaction, struct vtune__subject *subject,
			 struct movers *movers, struct vtune_error **err)
{
	const struct vtune__pins *live = &subject->live, *target = &subject->target;
	const struct vtune__set *online = &transaction->online;

	for (unsigned int i = 0; i < target->niothreads; i++) {
		const struct vtune__pinned_iothread *thread = &target->iothreads[i];
		const struct vtune__pinned_iothread *now = find_iothread(live, thread->id);
		struct vtune__step *step;

		if (add_mover(movers, VTUNE__MOVER_IOTHREAD, thread->id,
			      vtune__pin_or(now ? &now->cpus : NULL, online),
			      vtune__pin_or(&thread->cpus, online), err) < 0)
			return -1;
		if (now)
			continue;
		step = vtune__steps_add(&transaction->steps, VTUNE__STEP_ADD_IOTHREAD, subject,
					err);
		if (!step)
			return -1;
		step->id = thread->id;
	}
	for (unsigned int i = 0; i < live->niothreads; i++) {
		const struct vtune__pinned_iothread *thread = &live->iothreads[i];

		if (!find_iothread(target, thread->id) &&
		    add_mover(movers, VTUNE__MOVER_IOTHREAD, thread->id,
			      vtune__pin_or(&thread->cpus, online),
			      vtune__pin_or(&target->emulator, online), err) < 0)
			return -1;
	}
	return 0;
}

static int add_threads(struct vtune__transaction *transaction, struct vtune__subject *subject,
		       struct movers *movers, struct vtune_error **err)
{
	const struct vtune__pins *live = &subject->live, *target = &subject->target;
	const struct vtune__set *online = &transaction->online;

	VTUNE__SET_FOREACH(vcpu, &subject->live.plugged) {
		if ((unsigned int)vcpu < target->nvcpus &&
		    add_mover(movers, VTUNE__MOVER_VCPU, (unsigned int)vcpu,
			      vtune__pin_or(&live->vcpus[vcpu], online),
			      vtune__pin_or(&target->vcpus[vcpu], online), err) < 0)
			return -1;
	}
	if (add_iothreads(transaction, subject, movers, err) < 0)
		return -1;
	return add_mover(movers, VTUNE__MOVER_EMULATOR, 0, vtune__pin_or(&live->emulator, online),
			 vtune__pin_or(&target->emulator, online), err);
}

static int add_pin(struct vtune__transaction *transaction, struct vtune__subject *subject,
		   const struct movers *movers, struct vtune__move *move, struct vtune_error **err)
{
	static const enum vtune__step_kind kinds[] = {
		[VTUNE__MOVER_VCPU] = VTUNE__STEP_PIN_VCPU,
		[VTUNE__MOVER_IOTHREAD] = VTUNE__STEP_PIN_IOTHREAD,
		[VTUNE__MOVER_EMULATOR] = VTUNE__STEP_PIN_EMULATOR,
	};
	const struct vtune__mover *mover = &movers->list[move->mover];
	const struct vtune__set *before;
	struct vtune__step *step =
		vtune__steps_add(&transaction->steps, kinds[mover->kind], subject, err);

	if (!step)
		return -1;
	step->id = mover->id;
	step->temporary = move->temporary;
	step->beside = move->beside < 0 ? -1 : (int)movers->list[move->beside].id;
	before = vtune__set_equal(&move->before, mover->now) ? mover->pin : &move->before;
	if (vtune__set_copy(&step->set, &move->cpus) < 0 ||
	    vtune__set_copy(&step->set_before, before) < 0)
		return vtune__fail_memory(err);
	return 0;
}

/* CPUs where vCPUs may wait: those that nobody else holds. */
static int find_spare(const struct vtune__transaction *transaction, struct vtune__set *spare,
		      struct vtune_error **err)
{
	if (vtune__set_copy(spare, &transaction->online) < 0)
		return vtune__fail_memory(err);
	for (unsigned int i = 0; i + 1 < transaction->nsubjects; i++)
		vtune__set_andnot(spare, &transaction->subjects[i]->held);
	return 0;
}

static int add_pins(struct vtune__transaction *transaction, struct vtune__subject *subject,
		    struct vtune_error **err)
{
	static const struct vtune__set none;
	struct vtune__set spare VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct movers movers VTUNE__CLEANUP(movers_free) = { 0 };
	struct vtune__moves moves VTUNE__CLEANUP(vtune__moves_free) = { 0 };
	const struct vtune__set *spares[] = {
		subject->live_plan ? &subject->live_plan->held : &none,
		&spare,
	};

	if (find_spare(transaction, &spare, err) < 0 ||
	    add_threads(transaction, subject, &movers, err) < 0 ||
	    find_real(transaction, subject, &movers, err) < 0 ||
	    vtune__moves_order(&moves, movers.list, movers.count, spares, VTUNE__COUNT(spares),
			       err) < 0)
		return -1;
	for (unsigned int i = 0; i < moves.count; i++) {
		if (add_pin(transaction, subject, &movers, &moves.list[i], err) < 0)
			return -1;
	}
	return 0;
}

/* ---- the rest ---- */

bool vtune__can_set_nodes(const struct vtune__subject *subject)
{
	return subject->live.mode == VTUNE__RESTRICTIVE && !subject->live.mode_auto &&
	       !vtune__set_is_empty(&subject->live.nodes);
}

static int add_nodes(struct vtune__transaction *transaction, struct vtune__subject *subject,
		     struct vtune_error **err)
{
	struct vtune__step *step;

	if (!vtune__can_set_nodes(subject) || vtune__set_is_empty(&subject->target.nodes) ||
	    vtune__set_equal(&subject->live.nodes, &subject->target.nodes))
		return 0;
	step = vtune__steps_add(&transaction->steps, VTUNE__STEP_NODES, subject, err);
	if (!step)
		return -1;
	if (vtune__set_copy(&step->set, &subject->target.nodes) < 0 ||
	    vtune__set_copy(&step->set_before, &subject->live.nodes) < 0)
		return vtune__fail_memory(err);
	return 0;
}

static int add_define(struct vtune__transaction *transaction, struct vtune__subject *subject,
		      struct vtune_error **err)
{
	struct vtune__step *step;

	if (!subject->config_target)
		return 0;
	step = vtune__steps_add(&transaction->steps, VTUNE__STEP_DEFINE, subject, err);
	if (!step)
		return -1;
	step->text = vtune__strdup(subject->config_target, err);
	step->text_before = vtune__strdup(subject->config_xml, err);
	return step->text && step->text_before ? 0 : -1;
}

static int add_metadata_of(struct vtune__transaction *transaction, struct vtune__subject *subject,
			   struct vtune_error **err)
{
	if (add_former(transaction, subject, err) < 0)
		return -1;
	return add_plan(transaction, subject, err);
}

/* A caller that is killed on the way leaves what makes the next one go on rightly. When a
 * plan is set the domain's own metadata comes first: its former state is not mistaken for
 * a half of the new one, and all see which CPUs it takes; the definition still tells of
 * those that it had. The metadata of others comes last, so that they are seen to have CPUs
 * to give up. */
int vtune__steps_of_subject(struct vtune__transaction *transaction, struct vtune__subject *subject,
			    struct vtune_error **err)
{
	bool is_own = subject == vtune__transaction_domain(transaction);
	bool is_first = is_own && !transaction->metadata_last;
	bool moves_memory = is_own && (transaction->flags & VTUNE_APPLY_MOVE_MEMORY);

	if (subject->live_target) {
		if ((is_first && add_metadata_of(transaction, subject, err) < 0) ||
		    add_pins(transaction, subject, err) < 0 ||
		    vtune__scheduler_add_steps(transaction, subject, err) < 0 ||
		    add_nodes(transaction, subject, err) < 0 ||
		    (!is_first && add_metadata_of(transaction, subject, err) < 0))
			return -1;
	}
	if (add_define(transaction, subject, err) < 0)
		return -1;
	/* It cannot be undone, so that nothing may fail after it. */
	if (moves_memory && subject->live_target &&
	    !vtune__steps_add(&transaction->steps, VTUNE__STEP_MEMORY, subject, err))
		return -1;
	return 0;
}
