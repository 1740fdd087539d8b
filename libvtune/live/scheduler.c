/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The scheduler parameters of a running domain: shares, periods and quotas. */
#include <inttypes.h>
#include <string.h>

#include "apply.h"

/* Behind the shares, which come first, a period and a quota for each enum
 * vtune__bandwidth_of. */
#define SHARES 0
#define PERIOD(part) (1 + 2 * (part))
#define QUOTA(part) (2 + 2 * (part))

static const struct {
	const char *name;
	int type;
} parameters[] = {
	{ VIR_DOMAIN_SCHEDULER_CPU_SHARES, VIR_TYPED_PARAM_ULLONG },
	{ VIR_DOMAIN_SCHEDULER_VCPU_PERIOD, VIR_TYPED_PARAM_ULLONG },
	{ VIR_DOMAIN_SCHEDULER_VCPU_QUOTA, VIR_TYPED_PARAM_LLONG },
	{ VIR_DOMAIN_SCHEDULER_EMULATOR_PERIOD, VIR_TYPED_PARAM_ULLONG },
	{ VIR_DOMAIN_SCHEDULER_EMULATOR_QUOTA, VIR_TYPED_PARAM_LLONG },
	{ VIR_DOMAIN_SCHEDULER_IOTHREAD_PERIOD, VIR_TYPED_PARAM_ULLONG },
	{ VIR_DOMAIN_SCHEDULER_IOTHREAD_QUOTA, VIR_TYPED_PARAM_LLONG },
	{ VIR_DOMAIN_SCHEDULER_GLOBAL_PERIOD, VIR_TYPED_PARAM_ULLONG },
	{ VIR_DOMAIN_SCHEDULER_GLOBAL_QUOTA, VIR_TYPED_PARAM_LLONG },
};

/* What libvirt takes where the domain says nothing. */
#define DEFAULT_PERIOD 100000
#define DEFAULT_QUOTA (-1)

const char *vtune__scheduler_name(unsigned int parameter)
{
	return parameters[parameter].name;
}

/* What the domain says; 0: nothing. */
static int64_t said(const struct vtune__pins *pins, unsigned int parameter)
{
	const struct vtune__bandwidth *bandwidth;

	if (parameter == SHARES)
		return pins->has_shares && pins->shares <= VTUNE__MAX_SHARES ? (int64_t)pins->shares
									     : 0;
	bandwidth = &pins->bandwidth[(parameter - 1) / 2];
	return parameter % 2 == 1 ? (int64_t)bandwidth->period : bandwidth->quota;
}

/* What it is to become; 0: what it is. A bound that is gone from the domain is taken off;
 * what shares there were without it nobody knows. */
static int64_t target_of(const struct vtune__subject *subject, unsigned int parameter)
{
	int64_t want = said(&subject->target, parameter), have = said(&subject->live, parameter);

	if (!want && have && parameter != SHARES)
		want = parameter % 2 == 1 ? DEFAULT_PERIOD : DEFAULT_QUOTA;
	return want == have ? 0 : want;
}

/* ---- what there is ---- */

struct values {
	int64_t now[VTUNE__COUNT(parameters)];
	bool known;
};

/* The kernel has a value of its own where the XML says none. */
static int read_values(const struct vtune__transaction *transaction,
		       const struct vtune__subject *subject, struct values *values,
		       struct vtune_error **err)
{
	const struct vtune__calls *calls = transaction->connection->calls;
	/* As many as libvirt lets one ask a daemon for. */
	virTypedParameter list[16] = { 0 };
	int count = (int)VTUNE__COUNT(list);

	if (calls->virDomainGetSchedulerParametersFlags(subject->domain, list, &count,
							VIR_DOMAIN_AFFECT_LIVE) < 0)
		return vtune__fail_libvirt(transaction->connection, err, subject->name,
					   "Reading the scheduler parameters of the domain \"%s\"",
					   subject->name);
	for (int i = 0; i < count; i++) {
		for (unsigned int p = 0; p < VTUNE__COUNT(parameters); p++) {
			if (strcmp(list[i].field, parameters[p].name) != 0)
				continue;
			if (list[i].type == VIR_TYPED_PARAM_ULLONG)
				values->now[p] = (int64_t)list[i].value.ul;
			else if (list[i].type == VIR_TYPED_PARAM_LLONG)
				values->now[p] = list[i].value.l;
		}
	}
	values->known = true;
	return 0;
}

/* ---- steps ---- */

static int add_step(struct vtune__transaction *transaction, struct vtune__subject *subject,
		    unsigned int parameter, struct values *values, struct vtune_error **err)
{
	int64_t target = target_of(subject, parameter);
	struct vtune__step *step;

	if (!target)
		return 0;
	if (!values->known && read_values(transaction, subject, values, err) < 0)
		return -1;
	step = vtune__steps_add(&transaction->steps, VTUNE__STEP_SCHEDULER, subject, err);
	if (!step)
		return -1;
	step->id = parameter;
	step->number = target;
	step->number_before = said(&subject->live, parameter);
	if (!step->number_before)
		step->number_before = values->now[parameter];
	return 0;
}

/* The kernel refuses a part of a domain more time than the whole has, so that between the
 * two steps a part must not have more than before or afterwards, and the whole not less. */
static int add_bound(struct vtune__transaction *transaction, struct vtune__subject *subject,
		     unsigned int part, struct values *values, struct vtune_error **err)
{
	int64_t target = target_of(subject, PERIOD(part));
	int64_t now = said(&subject->live, PERIOD(part));
	bool shorter = target && target < (now ? now : DEFAULT_PERIOD);
	bool quota_first = shorter != (part == VTUNE__BANDWIDTH_GLOBAL);

	if (add_step(transaction, subject, quota_first ? QUOTA(part) : PERIOD(part), values, err) <
	    0)
		return -1;
	return add_step(transaction, subject, quota_first ? PERIOD(part) : QUOTA(part), values,
			err);
}

/* How much of a CPU's time, in the end. */
static double ratio_of(const struct vtune__pins *pins, unsigned int part)
{
	int64_t period = said(pins, PERIOD(part)), quota = said(pins, QUOTA(part));

	if (quota <= 0)
		return 1e300;
	return (double)quota / (double)(period ? period : DEFAULT_PERIOD);
}

/* The whole comes before its parts where it gets more, and behind them where it gets
 * less. */
int vtune__scheduler_add_steps(struct vtune__transaction *transaction,
			       struct vtune__subject *subject, struct vtune_error **err)
{
	const unsigned int global = VTUNE__BANDWIDTH_GLOBAL;
	bool less = ratio_of(&subject->target, global) < ratio_of(&subject->live, global);
	struct values values = { .known = false };

	if (!subject->sets_scheduler)
		return 0;
	if (add_step(transaction, subject, SHARES, &values, err) < 0 ||
	    (!less && add_bound(transaction, subject, global, &values, err) < 0))
		return -1;
	for (unsigned int part = 0; part < VTUNE__BANDWIDTHS; part++)
		if (part != global && add_bound(transaction, subject, part, &values, err) < 0)
			return -1;
	return less ? add_bound(transaction, subject, global, &values, err) : 0;
}

int vtune__scheduler_set(const struct vtune_connection *connection, const struct vtune__step *step,
			 int64_t number)
{
	virTypedParameter parameter = { .type = parameters[step->id].type };

	strcpy(parameter.field, parameters[step->id].name);
	if (parameter.type == VIR_TYPED_PARAM_ULLONG)
		parameter.value.ul = (unsigned long long)number;
	else
		parameter.value.l = number;
	return connection->calls->virDomainSetSchedulerParametersFlags(
		       step->subject->domain, &parameter, 1, VIR_DOMAIN_AFFECT_LIVE) < 0;
}

/* ---- afterwards ---- */

void vtune__scheduler_compare(struct vtune__text *text, const struct vtune__pins *want,
			      const struct vtune__pins *have)
{
	for (unsigned int p = 0; p < VTUNE__COUNT(parameters); p++) {
		int64_t wanted = said(want, p), had = said(have, p);

		if (!wanted || wanted == had)
			continue;
		vtune__text_addf(text, "%s%s is ", text->length > 0 ? ", " : "",
				 parameters[p].name);
		if (had)
			vtune__text_addf(text, "%" PRId64 " and not %" PRId64, had, wanted);
		else
			vtune__text_addf(text, "not set, and not %" PRId64, wanted);
	}
}
