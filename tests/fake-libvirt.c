/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fake-libvirt.h"

#include <stdlib.h>
#include <string.h>

struct fake fake;
struct fake_scheduler fake_schedulers[FAKE_SCHEDULERS];

void fake_set(enum fake_fault fault, unsigned int at)
{
	fake.fault = fault;
	fake.at = at;
	fake.calls = fake.settings = 0;
	fake.hit = false;
}

/* libvirt lets nobody set its last error but by a call that fails. */
static void leave_error(void)
{
	virDomainFree(NULL);
}

enum verdict { DO, FAIL, DO_AND_FAIL, PRETEND };

static enum verdict judge(bool sets)
{
	unsigned int number = ++fake.calls;

	if (sets) {
		fake.settings++;
		if (fake.watch)
			fake.watch(fake.watch_data);
	}
	if (fake.fault == FAKE_PRETEND || fake.fault == FAKE_FAIL_SETTING) {
		if (!sets)
			return DO;
		number = fake.settings;
	}
	if (fake.fault == FAKE_NONE ||
	    (fake.fault == FAKE_DROP ? number < fake.at : number != fake.at))
		return DO;
	fake.hit = true;
	if (fake.fault == FAKE_STOP) {
		virDomainDestroy(fake.victim);
		return DO;
	}
	return fake.fault == FAKE_PRETEND     ? PRETEND
	       : fake.fault == FAKE_FAIL_LATE ? DO_AND_FAIL
					      : FAIL;
}

#define CALL(type, failure, sets, pretended, call)                       \
	do {                                                             \
		enum verdict verdict = judge(sets);                      \
		type result = failure;                                   \
                                                                         \
		if (verdict == PRETEND)                                  \
			return pretended;                                \
		if (verdict == DO || (verdict == DO_AND_FAIL && (sets))) \
			result = call;                                   \
		if (verdict == DO)                                       \
			return result;                                   \
		leave_error();                                           \
		return failure;                                          \
	} while (0)
#define READ_INT(call) CALL(int, -1, false, 0, call)
#define READ_STRING(call) CALL(char *, NULL, false, NULL, call)
#define SET(call) CALL(int, -1, true, 0, call)

static virDomainPtr fake_lookup(virConnectPtr connection, const char *name)
{
	CALL(virDomainPtr, NULL, false, NULL, virDomainLookupByName(connection, name));
}

static int fake_list(virConnectPtr connection, virDomainPtr **domains, unsigned int flags)
{
	READ_INT(virConnectListAllDomains(connection, domains, flags));
}

static char *fake_capabilities(virConnectPtr connection)
{
	READ_STRING(virConnectGetCapabilities(connection));
}

/* ---- scheduler parameters ---- */

static const struct fake_scheduler schedulers[FAKE_SCHEDULERS] = {
	{ VIR_DOMAIN_SCHEDULER_CPU_SHARES, "shares", 1024, false },
	{ VIR_DOMAIN_SCHEDULER_VCPU_PERIOD, "period", 100000, false },
	{ VIR_DOMAIN_SCHEDULER_VCPU_QUOTA, "quota", -1, false },
	{ VIR_DOMAIN_SCHEDULER_EMULATOR_PERIOD, "emulator_period", 100000, false },
	{ VIR_DOMAIN_SCHEDULER_EMULATOR_QUOTA, "emulator_quota", -1, false },
	{ VIR_DOMAIN_SCHEDULER_IOTHREAD_PERIOD, "iothread_period", 100000, false },
	{ VIR_DOMAIN_SCHEDULER_IOTHREAD_QUOTA, "iothread_quota", -1, false },
	{ VIR_DOMAIN_SCHEDULER_GLOBAL_PERIOD, "global_period", 100000, false },
	{ VIR_DOMAIN_SCHEDULER_GLOBAL_QUOTA, "global_quota", -1, false },
};

void fake_schedule(struct vtune_connection *connection)
{
	memcpy(fake_schedulers, schedulers, sizeof(schedulers));
	connection->sets_scheduler = true;
}

static bool is_quota(const struct fake_scheduler *scheduler)
{
	return strstr(scheduler->name, "quota") != NULL;
}

static int get_schedulers(virTypedParameterPtr parameters, int *count)
{
	*count = FAKE_SCHEDULERS;
	for (int i = 0; i < FAKE_SCHEDULERS; i++) {
		strcpy(parameters[i].field, fake_schedulers[i].name);
		parameters[i].type = is_quota(&fake_schedulers[i]) ? VIR_TYPED_PARAM_LLONG
								   : VIR_TYPED_PARAM_ULLONG;
		if (is_quota(&fake_schedulers[i]))
			parameters[i].value.l = fake_schedulers[i].value;
		else
			parameters[i].value.ul = (unsigned long long)fake_schedulers[i].value;
	}
	return 0;
}

static int set_scheduler(const virTypedParameter *parameter, int count)
{
	for (int i = 0; i < FAKE_SCHEDULERS && count == 1; i++) {
		struct fake_scheduler *it = &fake_schedulers[i];

		if (strcmp(parameter->field, it->name) != 0 ||
		    parameter->type !=
			    (is_quota(it) ? VIR_TYPED_PARAM_LLONG : VIR_TYPED_PARAM_ULLONG))
			continue;
		it->value = is_quota(it) ? parameter->value.l : (long long)parameter->value.ul;
		it->is_set = true;
		return 0;
	}
	return -1;
}

static int fake_get_schedulers(virDomainPtr domain, virTypedParameterPtr parameters, int *count,
			       unsigned int flags)
{
	(void)domain;
	(void)flags;
	READ_INT(get_schedulers(parameters, count));
}

static int fake_set_scheduler(virDomainPtr domain, virTypedParameterPtr parameters, int count,
			      unsigned int flags)
{
	(void)domain;
	(void)flags;
	SET(set_scheduler(parameters, count));
}

static void add_schedulers(struct vtune__text *text)
{
	for (int i = 0; i < FAKE_SCHEDULERS; i++)
		if (fake_schedulers[i].is_set)
			vtune__text_addf(text, "<%s>%lld</%s>", fake_schedulers[i].element,
					 fake_schedulers[i].value, fake_schedulers[i].element);
}

static char *read_xml(virDomainPtr domain, unsigned int flags)
{
	static const char tune[] = "<cputune>", end[] = "</domain>";
	char *xml = virDomainGetXMLDesc(domain, flags), *at;
	struct vtune__text text = { 0 };

	if (!xml || (flags & VIR_DOMAIN_XML_INACTIVE) || !fake_schedulers[0].name)
		return xml;
	at = strstr(xml, tune);
	at = at ? at + strlen(tune) : strstr(xml, end);
	vtune__text_add_bytes(&text, xml, (size_t)(at - xml));
	if (strncmp(at, end, strlen(end)) == 0)
		vtune__text_add(&text, tune);
	add_schedulers(&text);
	if (strncmp(at, end, strlen(end)) == 0)
		vtune__text_add(&text, "</cputune>");
	vtune__text_add(&text, at);
	free(xml);
	return vtune__text_take(&text, NULL);
}

static char *fake_xml(virDomainPtr domain, unsigned int flags)
{
	READ_STRING(read_xml(domain, flags));
}

static char *fake_get_metadata(virDomainPtr domain, int type, const char *uri, unsigned int flags)
{
	READ_STRING(virDomainGetMetadata(domain, type, uri, flags));
}

static int fake_is_active(virDomainPtr domain)
{
	READ_INT(virDomainIsActive(domain));
}

static int fake_is_persistent(virDomainPtr domain)
{
	READ_INT(virDomainIsPersistent(domain));
}

static virDomainPtr fake_define(virConnectPtr connection, const char *xml)
{
	enum verdict verdict = judge(true);
	virDomainPtr domain = NULL;

	if (verdict == PRETEND) {
		char name[64] = "";
		const char *start = strstr(xml, "<name>");

		if (start)
			memcpy(name, start + 6, strcspn(start + 6, "<") % sizeof(name));
		return virDomainLookupByName(connection, name);
	}
	if (verdict != FAIL)
		domain = virDomainDefineXML(connection, xml);
	if (verdict == DO)
		return domain;
	if (domain)
		virDomainFree(domain);
	leave_error();
	return NULL;
}

static int fake_add_iothread(virDomainPtr domain, unsigned int id, unsigned int flags)
{
	SET(virDomainAddIOThread(domain, id, flags));
}

static int fake_del_iothread(virDomainPtr domain, unsigned int id, unsigned int flags)
{
	SET(virDomainDelIOThread(domain, id, flags));
}

static int fake_pin_vcpu(virDomainPtr domain, unsigned int vcpu, unsigned char *map, int length,
			 unsigned int flags)
{
	SET(virDomainPinVcpuFlags(domain, vcpu, map, length, flags));
}

static int fake_pin_emulator(virDomainPtr domain, unsigned char *map, int length,
			     unsigned int flags)
{
	SET(virDomainPinEmulator(domain, map, length, flags));
}

static int fake_pin_iothread(virDomainPtr domain, unsigned int id, unsigned char *map, int length,
			     unsigned int flags)
{
	SET(virDomainPinIOThread(domain, id, map, length, flags));
}

static int fake_set_metadata(virDomainPtr domain, int type, const char *metadata, const char *key,
			     const char *uri, unsigned int flags)
{
	SET(virDomainSetMetadata(domain, type, metadata, key, uri, flags));
}

static int fake_set_numa(virDomainPtr domain, virTypedParameterPtr parameters, int count,
			 unsigned int flags)
{
	SET(virDomainSetNumaParameters(domain, parameters, count, flags));
}

const struct vtune__calls *fake_calls(void)
{
	static struct vtune__calls calls;

	calls = vtune__libvirt_calls;
	calls.virConnectGetCapabilities = fake_capabilities;
	calls.virConnectListAllDomains = fake_list;
	calls.virDomainAddIOThread = fake_add_iothread;
	calls.virDomainDefineXML = fake_define;
	calls.virDomainDelIOThread = fake_del_iothread;
	calls.virDomainGetMetadata = fake_get_metadata;
	calls.virDomainGetXMLDesc = fake_xml;
	calls.virDomainGetSchedulerParametersFlags = fake_get_schedulers;
	calls.virDomainSetSchedulerParametersFlags = fake_set_scheduler;
	calls.virDomainIsActive = fake_is_active;
	calls.virDomainIsPersistent = fake_is_persistent;
	calls.virDomainLookupByName = fake_lookup;
	calls.virDomainPinEmulator = fake_pin_emulator;
	calls.virDomainPinIOThread = fake_pin_iothread;
	calls.virDomainPinVcpuFlags = fake_pin_vcpu;
	calls.virDomainSetMetadata = fake_set_metadata;
	calls.virDomainSetNumaParameters = fake_set_numa;
	return &calls;
}
