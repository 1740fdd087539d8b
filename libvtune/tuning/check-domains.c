/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What domains open to others, as their XML has it. */
#include "tuning.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/xml.h"

/* Looks at one domain: 1 when it has added a row, 0, -1. */
typedef int look_function(struct vtune__checking *checking, struct _xmlNode *domain,
			  const char *name);

static int look_at(struct vtune__checking *checking, const struct vtune__tuning_domain *domain,
		   look_function *look)
{
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) =
		vtune__xml_parse(domain->xml, "domain", checking->err);

	return doc ? look(checking, vtune__xml_root(doc), domain->name) : -1;
}

static int for_domains(struct vtune__checking *checking, look_function *look, const char *good)
{
	struct vtune__row *row;
	bool any = false;

	if (!checking->domains)
		return vtune__row_missing(checking, "No connection to libvirt was given.");
	for (unsigned int i = 0; i < checking->domains->count; i++) {
		int rc = look_at(checking, &checking->domains->items[i], look);

		if (rc < 0)
			return -1;
		any = any || rc > 0;
	}
	if (any)
		return 0;
	row = vtune__row_new(checking, VTUNE__OK);
	return row ? vtune__row_say(checking, &row->current, "%s",
				    checking->domains->count ? good : "no domains")
		   : -1;
}

/* ---- graphics ---- */

static const char *address_of(struct _xmlNode *graphics)
{
	struct _xmlNode *listen = vtune__xml_child(graphics, "listen");
	const char *address;

	for (; listen; listen = vtune__xml_next(listen, "listen")) {
		address = vtune__xml_peek(listen, "address");
		if (vtune__is_everywhere(address))
			return address;
	}
	return vtune__xml_peek(graphics, "listen");
}

/* What qemu.conf adds for all: a key of it that is set. */
static int conf_has(struct vtune__checking *checking, const char *type, const char *key)
{
	VTUNE__CLEANUP(vtune__free_string) char *conf = NULL;
	int rc = vtune__root_read(checking->root, VTUNE__QEMU_CONF, &conf, checking->err);

	return rc > 0 ? vtune__conf_has(conf, type, key, checking->err) : rc;
}

static int say_graphics(struct vtune__checking *checking, const char *name, const char *type,
			const char *address, bool has_password)
{
	struct vtune__row *row =
		vtune__row_new(checking, has_password ? VTUNE__WARN : VTUNE__DANGER);

	if (!row || vtune__row_say(checking, &row->where, "VM %s", name) < 0 ||
	    vtune__row_say(checking, &row->current, "%s on %s, %s, no TLS", type, address,
			   has_password ? "a password" : "no password") < 0)
		return -1;
	return vtune__row_say(checking, &row->wanted, "127.0.0.1, or TLS") < 0 ? -1 : 1;
}

static int look_at_one(struct vtune__checking *checking, struct _xmlNode *graphics,
		       const char *name)
{
	const char *type = vtune__xml_peek(graphics, "type");
	const char *address = address_of(graphics);
	const char *password = vtune__xml_peek(graphics, "passwd");
	int tls, sasl, usual;

	if (!type || !vtune__is_everywhere(address) ||
	    (strcmp(type, "vnc") != 0 && strcmp(type, "spice") != 0))
		return 0;
	tls = conf_has(checking, type, "tls");
	sasl = conf_has(checking, type, "sasl");
	usual = conf_has(checking, type, "password");
	if (tls < 0 || sasl < 0 || usual < 0)
		return -1;
	if (tls)
		return 0;
	return say_graphics(checking, name, type, address,
			    (password && password[0]) || sasl || usual);
}

static int look_at_graphics(struct vtune__checking *checking, struct _xmlNode *domain,
			    const char *name)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");
	struct _xmlNode *graphics = devices ? vtune__xml_child(devices, "graphics") : NULL;
	int any = 0;

	for (; graphics; graphics = vtune__xml_next(graphics, "graphics")) {
		int rc = look_at_one(checking, graphics, name);

		if (rc < 0)
			return -1;
		any |= rc;
	}
	return any;
}

int vtune__tune_graphics(struct vtune__checking *checking)
{
	return for_domains(checking, look_at_graphics, "no VM shows its screen to the network");
}

/* ---- labels ---- */

static int look_at_label(struct vtune__checking *checking, struct _xmlNode *domain,
			 const char *name)
{
	struct _xmlNode *label = vtune__xml_child(domain, "seclabel");
	struct vtune__row *row;

	for (; label; label = vtune__xml_next(label, "seclabel")) {
		const char *type = vtune__xml_peek(label, "type");

		if (type && strcmp(type, "none") == 0)
			break;
	}
	if (!label)
		return 0;
	row = vtune__row_new(checking, checking->check->otherwise);
	if (!row || vtune__row_say(checking, &row->where, "VM %s", name) < 0 ||
	    vtune__row_say(checking, &row->current, "seclabel of the type none") < 0)
		return -1;
	return vtune__row_say(checking, &row->wanted, "a dynamic one, which is the default") < 0
		       ? -1
		       : 1;
}

int vtune__tune_seclabel(struct vtune__checking *checking)
{
	return for_domains(checking, look_at_label, "every VM has its label");
}

/* ---- the guest agent ---- */

static int look_at_agent(struct vtune__checking *checking, struct _xmlNode *domain,
			 const char *name)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");
	struct _xmlNode *channel = devices ? vtune__xml_child(devices, "channel") : NULL;
	struct vtune__row *row;

	for (; channel; channel = vtune__xml_next(channel, "channel")) {
		struct _xmlNode *target = vtune__xml_child(channel, "target");
		const char *called = target ? vtune__xml_peek(target, "name") : NULL;

		if (called && strcmp(called, "org.qemu.guest_agent.0") == 0)
			break;
	}
	if (!channel)
		return 0;
	row = vtune__row_new(checking, checking->check->otherwise);
	if (!row || vtune__row_say(checking, &row->where, "VM %s", name) < 0 ||
	    vtune__row_say(checking, &row->current, "a channel of the guest agent") < 0)
		return -1;
	return vtune__row_say(checking, &row->how,
			      "In the guest, leave the agent only what is used: allow-rpcs, or "
			      "block-rpcs of guest-exec and guest-file-*, in its configuration.") <
			       0
		       ? -1
		       : 1;
}

int vtune__tune_guest_agent(struct vtune__checking *checking)
{
	return for_domains(checking, look_at_agent, "no VM has its channel");
}

/* ---- pages that VMs share ---- */

static int shares_pages(struct vtune__checking *checking, const struct vtune__tuning_domain *domain)
{
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) =
		vtune__xml_parse(domain->xml, "domain", checking->err);

	if (!doc)
		return -1;
	return !vtune__xml_path(vtune__xml_root(doc), "memoryBacking/nosharepages") &&
	       !vtune__xml_path(vtune__xml_root(doc), "memoryBacking/hugepages");
}

static int count_sharing(struct vtune__checking *checking, unsigned int *count)
{
	*count = 0;
	for (unsigned int i = 0; i < checking->domains->count; i++) {
		int rc = shares_pages(checking, &checking->domains->items[i]);

		if (rc < 0)
			return -1;
		*count += rc > 0 && checking->domains->items[i].is_running;
	}
	return 0;
}

static int say_shared(struct vtune__checking *checking)
{
	struct vtune__row *row;
	unsigned int count = 2;

	if (checking->domains && count_sharing(checking, &count) < 0)
		return -1;
	row = vtune__row_new(checking, count > 1 ? checking->check->otherwise : VTUNE__OK);
	if (!row)
		return -1;
	if (!checking->domains)
		return vtune__row_say(checking, &row->current, "KSM runs") < 0 ||
				       vtune__row_say(checking, &row->wanted,
						      "off, unless all VMs have one owner") < 0
			       ? -1
			       : 0;
	if (vtune__row_say(checking, &row->current, "KSM runs, %u VMs may share pages", count) < 0)
		return -1;
	return count > 1 ? vtune__row_say(checking, &row->wanted,
					  "off, unless all of them have one owner, or nosharepages")
			 : 0;
}

int vtune__tune_ksm_owners(struct vtune__checking *checking)
{
	struct vtune__row *row;
	uint64_t run;
	int rc = vtune__root_read_number(checking->root, "/sys/kernel/mm/ksm/run", &run,
					 checking->err);

	if (rc <= 0)
		return rc < 0 ? -1 : vtune__row_unread(checking, "/sys/kernel/mm/ksm/run", errno);
	if (run == 1)
		return say_shared(checking);
	row = vtune__row_new(checking, VTUNE__OK);
	return row ? vtune__row_say(checking, &row->current, "KSM does not run") : -1;
}
