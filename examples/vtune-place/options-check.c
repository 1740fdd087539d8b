/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which options and words go together. */
#include <string.h>

#include "cli.h"

/* A rule that holds when nothing in it is wrong; what is said otherwise. */
static enum status bad_pair(const char *one, const char *other, const char *why)
{
	say("%s and %s do not go together: %s", one, other, why);
	return STATUS_BAD;
}

/* The host is the one of --connect, where no other is named. */
static void choose_host(struct options *options)
{
	bool live = options->connect || options->domain_name || options->action == ACTION_APPLY ||
		    options->action == ACTION_VERIFY || options->action == ACTION_MIGRATE;

	if (!options->host)
		options->host = live ? "libvirt" : "system";
}

static enum status check_connection(const struct options *options)
{
	const char *uri = "";
	bool libvirt = source_is_libvirt(options->host, &uri);
	/* The domain is on the connection then, and the host may be another one. */
	bool has_domain = options->domain_name || options->action == ACTION_MIGRATE;

	if (options->connect && !options->connect[0])
		say("--connect needs a URI, as qemu:///system");
	else if (libvirt && options->host[strlen("libvirt")] && !uri[0])
		say("--host %s: here a URI must follow, as qemu:///system", options->host);
	else if (options->connect && !libvirt && !has_domain)
		return bad_pair("--connect", "--host", "the host is read without libvirt");
	else if (options->connect && uri[0] && !has_domain)
		return bad_pair("--connect", "a URI in --host", "one of the two is enough");
	else if ((options->defined || options->running) && !libvirt)
		say("--%s is only for a host that libvirt knows; see --host libvirt",
		    options->defined ? "defined" : "running");
	else if (options->domains && libvirt)
		return bad_pair("--domains", "a host of libvirt", "libvirt knows its domains");
	else if (options->domains && !options->domains[0])
		say("--domains needs a folder");
	else if (options->defined && options->running)
		return bad_pair("--defined", "--running", "they say the opposite");
	else
		return STATUS_DONE;
	return STATUS_BAD;
}

static enum status check_domain(const struct options *options)
{
	const char *type = options->virt_type;

	if (options->domain && options->format != FORMAT_XML)
		say("--domain writes a domain, so --format can only be xml");
	else if (type && strcmp(type, "kvm") != 0 && strcmp(type, "qemu") != 0)
		say("--virt-type %s: the types are kvm and qemu", type);
	else if (type && options->domain)
		return bad_pair("--virt-type", "--domain", "the domain has its own type");
	else if (type && options->format != FORMAT_XML)
		say("--virt-type is only for --format xml");
	else
		return STATUS_DONE;
	return STATUS_BAD;
}

static enum status check_plan(const struct options *options)
{
	if (options->domain_name && !options->domain_name[0])
		say("--domain-name needs the name of a domain");
	else if (options->domain_name && options->nwords > 0)
		say("%s: --domain-name takes the place of SPEC", options->words[0]);
	else if (!options->domain_name && options->nwords == 0)
		say("no SPEC; see vtune-place --help");
	else if (options->explain && options->format != FORMAT_TEXT)
		say("--explain is only for --format text");
	else if (options->capacity && options->format != FORMAT_TEXT &&
		 options->format != FORMAT_JSON)
		say("--capacity is told as text or json");
	else if (options->capacity && options->nwords > 1)
		say("%s: --capacity takes one SPEC", options->words[1]);
	else if (options->capacity && options->explain)
		return bad_pair("--capacity", "--explain", "it is not told where the VMs go");
	else if (options->all && !options->together)
		say("--all is only for --together");
	else if (options->together && options->capacity)
		return bad_pair("--together", "--capacity", "it is not told where the VMs go");
	else if (options->together && options->explain)
		return bad_pair("--together", "--explain", "that is told of a VM placed alone");
	else if (options->format == FORMAT_XML && options->nwords > 1)
		say("%s: XML is one domain, so it takes one SPEC", options->words[1]);
	else
		return check_domain(options);
	return STATUS_BAD;
}

/* What takes the place of planning leaves nothing for what governs it. */
static enum status check_planning(const struct options *options)
{
	const char *instead = options->undo ? "--undo" : options->plan ? "--plan" : NULL;
	static const char why[] = "nothing is planned then";

	if (!instead)
		return STATUS_DONE;
	if (options->undo && options->plan)
		return bad_pair("--undo", "--plan", "the domain becomes what it was before");
	if (options->undo && options->move_memory)
		return bad_pair("--undo", "--move-memory", "what was moved stays where it is");
	if (options->state)
		return bad_pair(instead, "--state", why);
	if (options->defined || options->running)
		return bad_pair(instead, options->defined ? "--defined" : "--running", why);
	if (options->nwords < 2)
		return STATUS_DONE;
	say("%s: with %s there is no SPEC", options->words[1], instead);
	return STATUS_BAD;
}

static enum status check_apply(const struct options *options)
{
	if (options->nwords == 0)
		say("no DOMAIN; see vtune-place --help");
	else if (!options->words[0][0])
		say("the name of DOMAIN is empty");
	else if (options->nwords > 2)
		say("%s: the command 'apply' takes one DOMAIN and one SPEC", options->words[2]);
	else if (options->move_memory && options->config && !options->live)
		return bad_pair("--move-memory", "--config alone",
				"only a running domain has memory to move");
	else
		return check_planning(options);
	return STATUS_BAD;
}

/* What is for a domain that is sent. */
static enum status check_sending(const struct options *options)
{
	const struct {
		bool given;
		const char *name;
	} rows[] = {
		{ options->peer2peer, "--peer2peer" },
		{ options->tunnelled, "--tunnelled" },
		{ options->persistent, "--persistent" },
		{ options->undefine_source, "--undefine-source" },
		{ options->migrate_uri, "--migrate-uri" },
		{ options->run, "--run" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!rows[i].given || (options->to && !options->domain))
			continue;
		say("%s is only for a DOMAIN that goes --to another libvirt", rows[i].name);
		return STATUS_BAD;
	}
	if (!options->run || options->format != FORMAT_XML)
		return STATUS_DONE;
	return bad_pair("--run", "--format xml", "what is done is told as text or json");
}

static enum status check_migrate(const struct options *options, bool has_host)
{
	if (options->domain ? options->nwords > 0 : options->nwords > 1)
		say("%s: the command 'migrate' takes one DOMAIN, or --domain FILE",
		    options->words[options->domain ? 0 : 1]);
	else if (!options->domain && (options->nwords == 0 || !options->words[0][0]))
		say("no DOMAIN; see vtune-place --help");
	else if (options->to && has_host)
		return bad_pair("--to", "--host", "one of the two says where the domain goes");
	else if (!options->to && !has_host)
		say("where does it go? --to URI, or --host SOURCE to see what it becomes there");
	else if (options->to && !options->to[0])
		say("--to needs a URI, as qemu+ssh://root@server/system");
	else
		return check_sending(options);
	return STATUS_BAD;
}

static enum status check_baseline(const struct options *options)
{
	for (int i = 0; i < options->nwords; i++) {
		if (options->words[i][0])
			continue;
		say("the URI of a connection is empty");
		return STATUS_BAD;
	}
	if (options->nwords > 0)
		return STATUS_DONE;
	say("no URI; see vtune-place --help");
	return STATUS_BAD;
}

static enum status check_verify(const struct options *options)
{
	for (int i = 0; i < options->nwords; i++) {
		if (options->words[i][0])
			continue;
		say("the name of DOMAIN is empty");
		return STATUS_BAD;
	}
	if (!options->plan || options->nwords == 1)
		return STATUS_DONE;
	say("--plan is the plan of one domain, so the command 'verify' takes one DOMAIN with it");
	return STATUS_BAD;
}

static enum status check_host(const struct options *options)
{
	if (options->nwords == 0)
		return STATUS_DONE;
	say("%s: the command 'host' takes no SPEC", options->words[0]);
	return STATUS_BAD;
}

/* With --undo only what was set before counts. */
static enum status check_tuning_undo(const struct options *options)
{
	static const char why[] = "what was set before is brought back, and nothing else";
	const char *other = options->apply	? "--apply"
			    : options->persist	? "--persist"
			    : options->for_spec ? "--for"
			    : options->profile	? "--profile"
			    : options->only	? "--only"
			    : options->skip	? "--skip"
						: NULL;

	return options->undo && other ? bad_pair("--undo", other, why) : STATUS_DONE;
}

static enum status check_tune(const struct options *options)
{
	bool changes = options->apply || options->undo || options->persist;

	if (options->nwords > 0 && !options->for_spec)
		say("%s: a SPEC is given as --for SPEC", options->words[0]);
	else if (!options->for_spec && (options->host || options->state || options->defined))
		say("--host, --state and --defined are about where VMs are placed, so they need "
		    "--for");
	else if (options->sysroot && !options->sysroot[0])
		say("--sysroot needs a folder");
	else if (options->persist && !options->persist[0])
		say("--persist needs a folder; / is this machine");
	else if (options->profile && !options->profile[0])
		say("--profile needs the name of a profile, or a file");
	else if (options->sysroot && options->for_spec && !options->host)
		say("with --sysroot, --for needs the host that the files are of; see --host");
	else if (options->dry_run && !changes)
		say("--dry-run is for --apply, --undo and --persist: nothing is changed without "
		    "them");
	else
		return check_tuning_undo(options);
	return STATUS_BAD;
}

/* "-", or a source that ends with it. */
static bool is_standard_input(const char *path)
{
	return path && (strcmp(path, "-") == 0 || strcmp(path, "hwloc:-") == 0 ||
			strcmp(path, "capabilities:-") == 0 || strcmp(path, "json:-") == 0);
}

static enum status check_standard_input(const struct options *options)
{
	int uses = is_standard_input(options->host) + is_standard_input(options->state) +
		   is_standard_input(options->domain) + is_standard_input(options->plan) +
		   is_standard_input(options->for_spec) + is_standard_input(options->profile);
	int first = options->action == ACTION_APPLY; /* the DOMAIN */
	bool has_specs = options->action == ACTION_PLAN || options->action == ACTION_APPLY;
	int last = has_specs ? options->nwords : 0;

	for (int i = first; i < last; i++)
		uses += is_standard_input(options->words[i]);
	if (uses < 2)
		return STATUS_DONE;
	say("standard input (-) is given %d times, but can be read once", uses);
	return STATUS_BAD;
}

enum status options_check(struct options *options, bool has_format)
{
	bool has_host = options->host != NULL;
	enum status status = STATUS_DONE;

	if (options->domain && !has_format)
		options->format = FORMAT_XML;
	if (options->action == ACTION_TUNE) {
		status = check_tune(options);
		return status == STATUS_DONE ? check_standard_input(options) : status;
	}
	choose_host(options);
	if (options->action == ACTION_PLAN)
		status = check_plan(options);
	else if (options->action == ACTION_HOST)
		status = check_host(options);
	else if (options->action == ACTION_APPLY)
		status = check_apply(options);
	else if (options->action == ACTION_MIGRATE)
		status = check_migrate(options, has_host);
	else if (options->action == ACTION_BASELINE)
		return check_baseline(options);
	else
		status = check_verify(options);
	if (status == STATUS_DONE)
		status = check_connection(options);
	return status == STATUS_DONE ? check_standard_input(options) : status;
}
