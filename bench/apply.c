/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Setting a plan on a running domain, and the calls of libvirt that this takes, alone.
 * By default that is on libvirt's own test driver, whose calls do next to nothing, so
 * that it shows what the library does. VTUNE_BENCH_URI: measure only this, there. */
#include "bench.h"

#include <libvtune-libvirt.h>
#include <libvirt/virterror.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define VCPUS 64
#define NAME "vtune-live-bench"
#define PLAN_URI "urn:libvtune:plan:1"

/* Two plans that differ in the CPU of every vCPU, set in turns. */
struct side {
	struct vtune_plan *plan;
	unsigned int cpu;
	char *definition; /* with the plan */
	char *metadata;	  /* the plan alone */
};

struct bench_apply {
	virConnectPtr connection;
	virDomainPtr domain;
	struct vtune_connection *own;
	struct side sides[2];
	unsigned int next;
};

static void say_nothing(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

static bool complain(struct vtune_error *err)
{
	fprintf(stderr, "bench: %s\n", vtune_error_get_message(err));
	vtune_error_free(err);
	return false;
}

/* ---- the domain and its plans ---- */

/* On one node. Its vCPUs float: few machines have as many CPUs. */
static void write_plan(FILE *out, unsigned int cpu)
{
	fputs("{ \"version\": 1, \"vm\": \"" NAME "\", \"fits\": true, \"optimal\": true,"
	      " \"cells\": [ { \"id\": 0, \"vcpus\": \"0-63\", \"node\": 0, \"memory_kib\": 65536,"
	      " \"page_kib\": 4, \"memory\": [ { \"node\": 0, \"size_kib\": 65536 } ] } ],"
	      " \"vcpus\": [",
	      out);
	for (unsigned int i = 0; i < VCPUS; i++)
		fprintf(out, "%s{ \"id\": %u, \"cpus\": \"%u\", \"cell\": 0 }", i ? ", " : "", i,
			cpu);
	fputs("], \"emulator\": { \"cpus\": \"0-1\" }, \"iothreads\": [], \"held_cpus\": \"\","
	      " \"guest_topology\": { \"sockets\": 1, \"dies\": 1, \"cores\": 64, \"threads\": 1 },"
	      " \"devices\": [], \"domain\": { \"memory_mode\": \"strict\", \"hugepages\": false },"
	      " \"cost\": { \"remote\": 0, \"spread\": 0, \"devices\": 0, \"helpers\": 0,"
	      " \"caches\": 0, \"split_cores\": 0, \"leftover\": 2, \"leftover_caches\": 0 },"
	      " \"warnings\": [] }",
	      out);
}

static bool make_plan(struct side *side, unsigned int cpu)
{
	struct vtune_error *err = NULL;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return false;
	write_plan(out, cpu);
	if (fclose(out) == 0)
		side->plan = vtune_plan_from_json(text, &err);
	free(text);
	side->cpu = cpu;
	return side->plan || complain(err);
}

static bool start_domain(struct bench_apply *apply)
{
	const char *type = virConnectGetType(apply->connection);
	bool is_test = !type || strcasecmp(type, "QEMU") != 0;
	char xml[512];

	snprintf(xml, sizeof(xml),
		 "<domain type='%s'><name>" NAME "</name><memory>65536</memory><vcpu>%u</vcpu>"
		 "<os><type>hvm</type></os></domain>",
		 is_test ? "test" : "qemu", VCPUS);
	apply->domain = virDomainDefineXML(apply->connection, xml);
	/* Its vCPUs are to do nothing. */
	return apply->domain &&
	       virDomainCreateWithFlags(apply->domain, is_test ? 0 : VIR_DOMAIN_START_PAUSED) == 0;
}

/* ---- what is measured ---- */

bool bench_apply_plan(void *data)
{
	struct bench_apply *apply = data;
	const struct side *side = &apply->sides[apply->next++ % 2];
	struct vtune_error *err = NULL;
	struct vtune_report *report = vtune_plan_apply(side->plan, apply->own, NAME, 0, NULL, &err);

	vtune_report_free(report);
	return report || complain(err);
}

static bool read_xml(virDomainPtr domain, unsigned int flags)
{
	char *xml = virDomainGetXMLDesc(domain, flags);

	free(xml);
	return xml != NULL;
}

/* Which CPUs, memory and devices there are, and what the domains have of them. */
static bool read_host(virConnectPtr connection)
{
	char *capabilities = virConnectGetCapabilities(connection);
	unsigned long long bytes;
	virNodeDevicePtr *devices = NULL;
	virDomainPtr *domains = NULL;
	int ndevices, ndomains;
	bool done = capabilities && virNodeGetCellsFreeMemory(connection, &bytes, 0, 1) == 1;

	free(capabilities);
	ndevices = virConnectListAllNodeDevices(connection, &devices,
						VIR_CONNECT_LIST_NODE_DEVICES_CAP_PCI_DEV);
	for (int i = 0; i < ndevices; i++)
		virNodeDeviceFree(devices[i]);
	free(devices);
	ndomains = virConnectListAllDomains(connection, &domains, VIR_CONNECT_LIST_DOMAINS_ACTIVE);
	for (int i = 0; i < ndomains; i++) {
		done = read_xml(domains[i], 0) && done;
		virDomainFree(domains[i]);
	}
	free(domains);
	return done && ndevices >= 0 && ndomains >= 0;
}

static bool pin_all(virDomainPtr domain, const struct side *side)
{
	unsigned char map = (unsigned char)(1u << side->cpu);

	for (unsigned int i = 0; i < VCPUS; i++) {
		if (virDomainPinVcpuFlags(domain, i, &map, 1, VIR_DOMAIN_AFFECT_CURRENT) < 0)
			return false;
	}
	return true;
}

/* Read all, set all, and look whether it is so. */
bool bench_apply_bare(void *data)
{
	const unsigned int inactive = VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE;
	struct bench_apply *apply = data;
	const struct side *side = &apply->sides[apply->next++ % 2];
	virDomainPtr domain = virDomainLookupByName(apply->connection, NAME), defined = NULL;
	bool done = domain && read_xml(domain, 0) && read_xml(domain, inactive) &&
		    read_host(apply->connection) && pin_all(domain, side) &&
		    virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, side->metadata,
					 "vtune", PLAN_URI, VIR_DOMAIN_AFFECT_LIVE) == 0;

	if (done)
		defined = virDomainDefineXML(apply->connection, side->definition);
	done = defined && read_xml(domain, 0) && read_xml(domain, inactive);
	if (defined)
		virDomainFree(defined);
	if (domain)
		virDomainFree(domain);
	return done;
}

/* ---- making and freeing ---- */

/* Set once, to see what libvirt is given. */
static bool learn(struct bench_apply *apply, struct side *side)
{
	if (!bench_apply_plan(apply))
		return false;
	side->definition = virDomainGetXMLDesc(apply->domain, VIR_DOMAIN_XML_INACTIVE);
	side->metadata = virDomainGetMetadata(apply->domain, VIR_DOMAIN_METADATA_ELEMENT, PLAN_URI,
					      VIR_DOMAIN_AFFECT_LIVE);
	return side->definition && side->metadata;
}

struct bench_apply *bench_apply_new(void)
{
	struct bench_apply *apply = calloc(1, sizeof(*apply));
	const char *uri = getenv("VTUNE_BENCH_URI");
	struct vtune_error *err = NULL;

	if (!apply)
		return NULL;
	apply->connection = virConnectOpen(uri ? uri : "test:///default");
	if (!apply->connection)
		goto fail;
	virConnSetErrorFunc(apply->connection, NULL, say_nothing);
	apply->own = vtune_connection_from_libvirt(apply->connection, &err);
	if (!apply->own) {
		complain(err);
		goto fail;
	}
	if (!start_domain(apply))
		goto fail;
	for (unsigned int i = 0; i < 2; i++) {
		if (!make_plan(&apply->sides[i], i) || !learn(apply, &apply->sides[i]))
			goto fail;
	}
	return apply;
fail:
	fprintf(stderr, "bench: a domain of 64 vCPUs cannot be set up: %s\n",
		virGetLastErrorMessage());
	bench_apply_free(apply);
	return NULL;
}

void bench_apply_free(struct bench_apply *apply)
{
	if (!apply)
		return;
	for (unsigned int i = 0; i < 2; i++) {
		vtune_plan_free(apply->sides[i].plan);
		free(apply->sides[i].definition);
		free(apply->sides[i].metadata);
	}
	vtune_connection_free(apply->own);
	if (apply->domain) {
		virDomainDestroy(apply->domain);
		virDomainUndefine(apply->domain);
		virDomainFree(apply->domain);
	}
	if (apply->connection)
		virConnectClose(apply->connection);
	free(apply);
}
