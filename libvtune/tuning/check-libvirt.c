/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may give orders to libvirt: its daemons' own configuration. */
#include "tuning.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CONF "/etc/libvirt"
#define SOCKETS "/etc/systemd/system/sockets.target.wants"

/* The daemon that answers on the network: all of libvirt in one, or the proxy. */
static const char *const daemons[] = { "libvirtd", "virtproxyd" };

struct daemon {
	const char *name;
	char *file; /* of its configuration */
	char *conf; /* what is in it */
};

static void free_daemon(struct daemon *daemon)
{
	free(daemon->file);
	free(daemon->conf);
}

/* 1; 0 when it has no file that can be read, with errno; -1. */
static int read_daemon(struct vtune__checking *checking, unsigned int i, struct daemon *daemon)
{
	daemon->name = daemons[i];
	daemon->file = vtune__print(checking->err, CONF "/%s.conf", daemons[i]);
	if (!daemon->file)
		return -1;
	return vtune__root_read(checking->root, daemon->file, &daemon->conf, checking->err);
}

/* Does systemd listen for it? */
static int has_socket(struct vtune__checking *checking, const char *daemon, const char *suffix)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *path = vtune__print(checking->err, SOCKETS "/%s%s.socket", daemon, suffix);
	VTUNE__CLEANUP(vtune__free_string) char *name = NULL;

	/* It is a link to a file that a saved tree may not have. */
	return path ? vtune__root_link_name(checking->root, path, &name, checking->err) : -1;
}

static int is_listening(struct vtune__checking *checking, const struct daemon *daemon)
{
	int rc = has_socket(checking, daemon->name, "-tcp");

	return rc != 0 ? rc : vtune__conf_is(daemon->conf, "listen_tcp", "1", checking->err);
}

/* ---- TCP ---- */

static int say_open(struct vtune__checking *checking, const struct daemon *daemon)
{
	struct vtune__row *row = vtune__row_new(checking, VTUNE__DANGER);

	if (!row || vtune__row_say(checking, &row->where, "%s", daemon->file) < 0 ||
	    vtune__row_say(checking, &row->current, "TCP without authentication") < 0 ||
	    vtune__row_say(checking, &row->wanted, "no TCP, or auth_tcp = \"sasl\", or TLS") < 0)
		return -1;
	return vtune__row_keep(checking, row, VTUNE__LIBVIRT, "%s: auth_tcp = \"sasl\"",
			       daemon->file);
}

static int say_sasl(struct vtune__checking *checking, const struct daemon *daemon)
{
	struct vtune__row *row = vtune__row_new(checking, VTUNE__ADVICE);

	if (!row || vtune__row_say(checking, &row->where, "%s", daemon->file) < 0 ||
	    vtune__row_say(checking, &row->current, "TCP with authentication") < 0 ||
	    vtune__row_say(checking, &row->wanted, "TLS") < 0)
		return -1;
	return vtune__row_say(checking, &row->why,
			      "TCP is encrypted only with a mechanism of SASL that does it, as "
			      "GSSAPI; the data of migrations is not.");
}

/* 1: a row was added; 0: not; -1. */
static int check_tcp(struct vtune__checking *checking, const struct daemon *daemon)
{
	int listens = is_listening(checking, daemon), none;

	if (listens <= 0)
		return listens;
	none = vtune__conf_is(daemon->conf, "auth_tcp", "none", checking->err);
	if (none < 0)
		return -1;
	return (none ? say_open(checking, daemon) : say_sasl(checking, daemon)) < 0 ? -1 : 1;
}

/* Certificates that nobody looks at let everybody in. */
static int check_tls(struct vtune__checking *checking, const struct daemon *daemon)
{
	int careless =
		vtune__conf_is(daemon->conf, "tls_no_verify_certificate", "1", checking->err);
	int sasl = vtune__conf_is(daemon->conf, "auth_tls", "sasl", checking->err);
	struct vtune__row *row;

	if (careless <= 0 || sasl != 0)
		return careless < 0 || sasl < 0 ? -1 : 0;
	row = vtune__row_new(checking, VTUNE__DANGER);
	if (!row || vtune__row_say(checking, &row->where, "%s", daemon->file) < 0 ||
	    vtune__row_say(checking, &row->current, "TLS with any certificate") < 0 ||
	    vtune__row_say(checking, &row->wanted, "tls_no_verify_certificate = 0") < 0 ||
	    vtune__row_keep(checking, row, VTUNE__LIBVIRT, "%s: tls_no_verify_certificate = 0",
			    daemon->file) < 0)
		return -1;
	return 1;
}

/* ---- the socket on this machine ---- */

/* The last digit of the mode is everybody's. */
static bool is_for_all(const char *perms)
{
	size_t length = strlen(perms);
	char last = length ? perms[length - 1] : '7';

	return last == '2' || last == '3' || last == '6' || last == '7';
}

static int check_socket(struct vtune__checking *checking, const struct daemon *daemon)
{
	VTUNE__CLEANUP(vtune__free_string) char *perms = NULL;
	struct vtune__row *row;
	int none = vtune__conf_is(daemon->conf, "auth_unix_rw", "none", checking->err);
	int set = vtune__conf_get(daemon->conf, "unix_sock_rw_perms", &perms, checking->err);

	if (none <= 0 || set < 0)
		return none < 0 || set < 0 ? -1 : 0;
	if (set && !is_for_all(perms))
		return 0;
	row = vtune__row_new(checking, checking->check->otherwise);
	if (!row || vtune__row_say(checking, &row->where, "%s", daemon->file) < 0 ||
	    vtune__row_say(checking, &row->current, "auth_unix_rw none, unix_sock_rw_perms %s",
			   set ? perms : "not set") < 0 ||
	    vtune__row_say(checking, &row->wanted,
			   "auth_unix_rw = \"polkit\", or unix_sock_rw_perms = \"0770\"") < 0 ||
	    vtune__row_keep(checking, row, VTUNE__LIBVIRT, "%s: auth_unix_rw = \"polkit\"",
			    daemon->file) < 0)
		return -1;
	return 1;
}

/* ---- for each daemon ---- */

typedef int check_function(struct vtune__checking *checking, const struct daemon *daemon);

/* Rows for what is wrong; one that says so when nothing is. */
static int check_daemons(struct vtune__checking *checking, check_function *const *functions,
			 unsigned int nfunctions, const char *good)
{
	bool any = false, read = false;
	struct vtune__row *row;
	int number = ENOENT;

	for (unsigned int i = 0; i < VTUNE__COUNT(daemons); i++) {
		VTUNE__CLEANUP(free_daemon) struct daemon daemon = { 0 };
		int rc = read_daemon(checking, i, &daemon);

		if (rc < 0)
			return -1;
		if (rc == 0) {
			number = errno == ENOENT || errno == ENOTDIR ? number : errno;
			continue;
		}
		read = true;
		for (unsigned int j = 0; j < nfunctions; j++) {
			rc = functions[j](checking, &daemon);
			if (rc < 0)
				return -1;
			any = any || rc > 0;
		}
	}
	if (!read)
		return vtune__row_unread(checking, CONF "/libvirtd.conf", number);
	if (any)
		return 0;
	row = vtune__row_new(checking, VTUNE__OK);
	return row ? vtune__row_say(checking, &row->current, "%s", good) : -1;
}

int vtune__tune_libvirt_tcp(struct vtune__checking *checking)
{
	static check_function *const functions[] = { check_tcp, check_tls };

	return check_daemons(checking, functions, VTUNE__COUNT(functions),
			     "not open to the network without authentication");
}

int vtune__tune_libvirt_socket(struct vtune__checking *checking)
{
	static check_function *const functions[] = { check_socket };

	return check_daemons(checking, functions, VTUNE__COUNT(functions),
			     "not open to everybody on this machine");
}
