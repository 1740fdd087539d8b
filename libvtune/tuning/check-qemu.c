/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What holds for every VM: libvirt's qemu.conf, and what the kernel confines them with. */
#include "tuning.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* 1; 0 when a row says that it cannot be read; -1. */
static int read_qemu(struct vtune__checking *checking, char **conf)
{
	int rc = vtune__root_read(checking->root, VTUNE__QEMU_CONF, conf, checking->err);

	if (rc == 0 && vtune__row_unread(checking, VTUNE__QEMU_CONF, errno) < 0)
		return -1;
	return rc;
}

static int add_good(struct vtune__checking *checking, const char *good)
{
	struct vtune__row *row = vtune__row_new(checking, VTUNE__OK);

	return row ? vtune__row_say(checking, &row->current, "%s", good) : -1;
}

/* ---- VNC and SPICE ---- */

static int say_listen(struct vtune__checking *checking, const char *protocol, const char *address,
		      bool has_password)
{
	struct vtune__row *row =
		vtune__row_new(checking, has_password ? VTUNE__WARN : VTUNE__DANGER);

	if (!row || vtune__row_say(checking, &row->where, "%s", protocol) < 0 ||
	    vtune__row_say(checking, &row->current, "%s_listen %s, %s, no TLS", protocol, address,
			   has_password ? "a password" : "no password") < 0 ||
	    vtune__row_say(checking, &row->wanted, "127.0.0.1, or TLS") < 0)
		return -1;
	if (has_password && vtune__row_say(checking, &row->why,
					   "Passwords of VNC are 8 characters at most, and what is "
					   "typed and seen is not encrypted.") < 0)
		return -1;
	return vtune__row_keep(checking, row, VTUNE__LIBVIRT,
			       VTUNE__QEMU_CONF ": %s_listen = \"127.0.0.1\"", protocol);
}

/* 1: a row was added; 0: not; -1. */
static int check_listen(struct vtune__checking *checking, const char *conf, const char *protocol)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *key = vtune__print(checking->err, "%s_listen", protocol);
	VTUNE__CLEANUP(vtune__free_string) char *address = NULL;
	int rc = key ? vtune__conf_get(conf, key, &address, checking->err) : -1;
	int tls, sasl, password;

	if (rc <= 0 || !vtune__is_everywhere(address))
		return rc < 0 ? -1 : 0;
	tls = vtune__conf_has(conf, protocol, "tls", checking->err);
	sasl = vtune__conf_has(conf, protocol, "sasl", checking->err);
	password = vtune__conf_has(conf, protocol, "password", checking->err);
	if (tls < 0 || sasl < 0 || password < 0)
		return -1;
	if (tls)
		return 0;
	return say_listen(checking, protocol, address, sasl || password) < 0 ? -1 : 1;
}

int vtune__tune_vnc_listen(struct vtune__checking *checking)
{
	static const char *const protocols[] = { "vnc", "spice" };
	VTUNE__CLEANUP(vtune__free_string) char *conf = NULL;
	int rc = read_qemu(checking, &conf);
	bool any = false;

	if (rc <= 0)
		return rc;
	for (unsigned int i = 0; i < VTUNE__COUNT(protocols); i++) {
		rc = check_listen(checking, conf, protocols[i]);
		if (rc < 0)
			return -1;
		any = any || rc > 0;
	}
	return any ? 0 : add_good(checking, "not open to the network without TLS");
}

/* ---- sVirt ---- */

/* What the kernel runs; NULL: nothing that confines. -1 in *rc when out of memory. */
static const char *find_driver(struct vtune__checking *checking, int *rc)
{
	VTUNE__CLEANUP(vtune__free_string) char *enabled = NULL;

	*rc = vtune__root_has(checking->root, "/sys/fs/selinux/enforce", checking->err);
	if (*rc != 0)
		return "SELinux";
	*rc = vtune__root_read_word(checking->root, "/sys/module/apparmor/parameters/enabled",
				    &enabled, checking->err);
	return *rc > 0 && enabled[0] == 'Y' ? "AppArmor" : NULL;
}

static int say_unconfined(struct vtune__checking *checking, enum vtune__verdict verdict,
			  const char *current, const char *wanted)
{
	struct vtune__row *row = vtune__row_new(checking, verdict);

	if (!row || vtune__row_say(checking, &row->current, "%s", current) < 0 ||
	    vtune__row_say(checking, &row->wanted, "%s", wanted) < 0)
		return -1;
	return 0;
}

static int check_enforcing(struct vtune__checking *checking, const char *driver)
{
	uint64_t enforce = 1;

	if (vtune__root_read_number(checking->root, "/sys/fs/selinux/enforce", &enforce,
				    checking->err) < 0)
		return -1;
	if (!enforce)
		return say_unconfined(checking, VTUNE__ADVICE, "SELinux, not enforcing",
				      "SELinux, enforcing");
	return add_good(checking, driver);
}

int vtune__tune_security_driver(struct vtune__checking *checking)
{
	VTUNE__CLEANUP(vtune__free_string) char *conf = NULL, *driver = NULL;
	const char *kernel;
	int rc = read_qemu(checking, &conf), unconfined;

	if (rc <= 0)
		return rc;
	rc = vtune__conf_get(conf, "security_driver", &driver, checking->err);
	unconfined = vtune__conf_is(conf, "security_default_confined", "0", checking->err);
	if (rc < 0 || unconfined < 0)
		return -1;
	if (rc > 0 && strcmp(driver, "none") == 0)
		return say_unconfined(checking, checking->check->otherwise, "security_driver none",
				      "the kernel's, which is the default");
	if (unconfined)
		return say_unconfined(checking, checking->check->otherwise,
				      "security_default_confined 0", "1, which is the default");
	kernel = find_driver(checking, &rc);
	if (rc < 0)
		return -1;
	if (!kernel)
		return say_unconfined(checking, VTUNE__ADVICE, "neither SELinux nor AppArmor runs",
				      "one of them");
	return check_enforcing(checking, kernel);
}

/* ---- as whom VMs run ---- */

int vtune__tune_ownership(struct vtune__checking *checking)
{
	VTUNE__CLEANUP(vtune__free_string) char *conf = NULL, *user = NULL;
	int rc = read_qemu(checking, &conf), fixed, has_user;
	bool is_root;

	if (rc <= 0)
		return rc;
	fixed = vtune__conf_is(conf, "dynamic_ownership", "0", checking->err);
	has_user = vtune__conf_get(conf, "user", &user, checking->err);
	if (fixed < 0 || has_user < 0)
		return -1;
	is_root = has_user &&
		  (strcmp(user, "root") == 0 || strcmp(user, "0") == 0 || strcmp(user, "+0") == 0);
	if (is_root)
		return say_unconfined(checking, checking->check->otherwise, "user root",
				      "a user of their own");
	if (fixed)
		return say_unconfined(checking, VTUNE__ADVICE, "dynamic_ownership 0",
				      "1, or disks that belong to one VM's group each");
	return add_good(checking, has_user ? user : "the user that libvirt was built for");
}
