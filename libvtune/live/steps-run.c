/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "apply.h"

#include <stdlib.h>

/* The test driver pins the vCPUs of a running domain, but does not know the flag. */
static unsigned int vcpu_flags(const struct vtune_connection *connection)
{
	return connection->is_test ? VIR_DOMAIN_AFFECT_CURRENT : VIR_DOMAIN_AFFECT_LIVE;
}

/* The set as libvirt takes CPUs: bit n of byte n / 8. */
static unsigned char *make_map(const struct vtune__set *set, int *length, struct vtune_error **err)
{
	unsigned int nwords = vtune__set_used_words(set);
	unsigned char *map = vtune__alloc(nwords, sizeof(uint64_t), err);

	if (!map)
		return NULL;
	VTUNE__SET_FOREACH(bit, set)
		map[bit / 8] |= (unsigned char)(1u << (bit % 8));
	/* No longer than needed: libvirt refuses bits beyond the host's CPUs, not bytes. */
	*length = (int)(nwords * sizeof(uint64_t));
	return map;
}

static int pin(const struct vtune_connection *connection, const struct vtune__step *step,
	       const struct vtune__set *set, struct vtune_error **err)
{
	const struct vtune__calls *calls = connection->calls;
	virDomainPtr domain = step->subject->domain;
	unsigned char *map;
	int length, result;

	map = make_map(set, &length, err);
	if (!map)
		return -1;
	if (step->kind == VTUNE__STEP_PIN_VCPU)
		result = calls->virDomainPinVcpuFlags(domain, step->id, map, length,
						      vcpu_flags(connection));
	else if (step->kind == VTUNE__STEP_PIN_IOTHREAD)
		result = calls->virDomainPinIOThread(domain, step->id, map, length,
						     VIR_DOMAIN_AFFECT_LIVE);
	else
		result = calls->virDomainPinEmulator(domain, map, length, VIR_DOMAIN_AFFECT_LIVE);
	free(map);
	return result < 0 ? 1 : 0;
}

static int set_nodes(const struct vtune_connection *connection, const struct vtune__step *step,
		     const struct vtune__set *set, struct vtune_error **err)
{
	virTypedParameter parameter = { .field = VIR_DOMAIN_NUMA_NODESET,
					.type = VIR_TYPED_PARAM_STRING };
	int result;

	parameter.value.s = vtune__set_print(set);
	if (!parameter.value.s)
		return vtune__fail_memory(err);
	result = connection->calls->virDomainSetNumaParameters(step->subject->domain, &parameter, 1,
							       VIR_DOMAIN_AFFECT_LIVE);
	free(parameter.value.s);
	return result < 0;
}

static int set_metadata(const struct vtune_connection *connection, const struct vtune__step *step,
			const char *element)
{
	const char *uri = step->kind == VTUNE__STEP_PLAN ? VTUNE__PLAN_URI : VTUNE__FORMER_URI;

	return connection->calls->virDomainSetMetadata(step->subject->domain,
						       VIR_DOMAIN_METADATA_ELEMENT, element,
						       VTUNE__METADATA_PREFIX, uri,
						       VIR_DOMAIN_AFFECT_LIVE) < 0;
}

static int define(const struct vtune_connection *connection, const char *xml)
{
	virDomainPtr domain = connection->calls->virDomainDefineXML(connection->connection, xml);

	if (!domain)
		return 1;
	connection->calls->virDomainFree(domain);
	return 0;
}

static int set_iothread(const struct vtune_connection *connection, const struct vtune__step *step,
			bool there)
{
	virDomainPtr domain = step->subject->domain;

	if (there)
		return connection->calls->virDomainAddIOThread(domain, step->id,
							       VIR_DOMAIN_AFFECT_LIVE) < 0;
	return connection->calls->virDomainDelIOThread(domain, step->id, VIR_DOMAIN_AFFECT_LIVE) <
	       0;
}

static int move_memory(const struct vtune_connection *connection, const struct vtune__step *step,
		       const struct vtune_options *options, struct vtune_error **err)
{
	const struct vtune__subject *subject = step->subject;
	int pid = vtune__process_of_domain(connection, subject->domain);

	if (pid == 0)
		return vtune__fail(err, VTUNE_ERR_SYSTEM, subject->name,
				   "The process of the domain \"%s\" cannot be found, so that its "
				   "memory cannot be moved",
				   subject->name);
	return vtune__move_memory(subject->live_plan, &subject->live, pid, options, err);
}

/* 0; 1 when libvirt refused; -1 with *err when something else is wrong. */
static int go(const struct vtune_connection *connection, const struct vtune__step *step, bool back,
	      const struct vtune_options *options, struct vtune_error **err)
{
	const struct vtune__set *set = back ? &step->set_before : &step->set;
	const char *text = back ? step->text_before : step->text;

	switch (step->kind) {
	case VTUNE__STEP_DEFINE:
		return define(connection, text);
	case VTUNE__STEP_ADD_IOTHREAD:
		return set_iothread(connection, step, !back);
	case VTUNE__STEP_PIN_VCPU:
	case VTUNE__STEP_PIN_IOTHREAD:
	case VTUNE__STEP_PIN_EMULATOR:
		return pin(connection, step, set, err);
	case VTUNE__STEP_SCHEDULER:
		return vtune__scheduler_set(connection, step,
					    back ? step->number_before : step->number);
	case VTUNE__STEP_NODES:
		return set_nodes(connection, step, set, err);
	case VTUNE__STEP_PLAN:
	case VTUNE__STEP_FORMER:
		return set_metadata(connection, step, text);
	case VTUNE__STEP_MEMORY:
		return back ? 0 : move_memory(connection, step, options, err);
	}
	return 0;
}

int vtune__step_run(const struct vtune_connection *connection, const struct vtune__step *step,
		    bool back, const struct vtune_options *options, struct vtune_error **err)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = NULL;
	int result;

	virResetLastError();
	result = go(connection, step, back, options, err);
	if (result <= 0)
		return result;
	text = vtune__step_text(step, err);
	if (!text)
		return -1;
	return vtune__fail_libvirt(connection, err, step->subject->name, "%s%s",
				   back ? "Undoing " : "", text);
}
