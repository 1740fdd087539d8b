/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections are opened here and not by vtune_connection_open(), which tells less:
 * why it failed decides about the status and the hint. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libvtune-libvirt.h>
#include <libvirt/virterror.h>

#include "cli.h"

/* libvirt prints what it fails at, unless told otherwise. We say it ourselves. */
static void say_nothing(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

/* A URI without a server is about this machine, as qemu:///system; the test driver's
 * machine is none. */
static bool is_local(const char *uri)
{
	const char *server = strstr(uri, "://");

	if (strncmp(uri, "test", strlen("test")) == 0)
		return false;
	return server && strchr("/?", server[strlen("://")]);
}

/* Is it the URI that is wrong? */
static bool is_usage(const virError *reason)
{
	switch (reason->code) {
	case VIR_ERR_NO_CONNECT:
	case VIR_ERR_INVALID_ARG:
	case VIR_ERR_XML_ERROR:
	case VIR_ERR_CONFIG_UNSUPPORTED:
		return true;
	default:
		return reason->domain == VIR_FROM_URI;
	}
}

static const char permission_hint[] = "hint: run it as root or as a member of the group libvirt";

static bool is_permission(int code)
{
	return code == VIR_ERR_OPERATION_DENIED || code == VIR_ERR_ACCESS_DENIED ||
	       code == VIR_ERR_AUTH_FAILED || code == VIR_ERR_AUTH_CANCELLED ||
	       code == VIR_ERR_AUTH_UNAVAILABLE;
}

static void hint_at_connection(const virError *reason)
{
	/* Where libvirt fails for a reason of the system, int1 is its errno. */
	int number = reason->code == VIR_ERR_SYSTEM_ERROR ? reason->int1 : 0;
	/* Who may connect is asked over D-Bus, which may not be there at all. */
	bool was_asked = reason->domain == VIR_FROM_POLKIT || reason->domain == VIR_FROM_DBUS;

	if (is_usage(reason))
		say("hint: a libvirt URI is as qemu:///system or qemu+ssh://root@server/system");
	else if (number == ENOENT || number == ECONNREFUSED)
		say("hint: is libvirtd running there? If not: systemctl start libvirtd");
	else if (number == EACCES || number == EPERM || was_asked || is_permission(reason->code))
		say("%s", permission_hint);
}

static const char *reason_text(const virError *reason)
{
	return reason && reason->message ? reason->message : "libvirt gives no reason";
}

static enum status say_refusal(const char *uri)
{
	static const virError none = { .code = VIR_ERR_OK };
	const virError *reason = virGetLastError();

	if (!reason)
		reason = &none;
	say("%s: connecting to libvirt failed: %s", uri ? uri : "libvirt's default connection",
	    reason_text(reason));
	hint_at_connection(reason);
	return is_usage(reason) ? STATUS_BAD : STATUS_FAILED;
}

static enum status take(const struct options *options, const char *uri, virConnectPtr libvirt,
			struct connection *connection)
{
	struct vtune_error *error = NULL;

	connection->uri = virConnectGetURI(libvirt);
	if (connection->uri)
		connection->vtune = vtune_connection_from_libvirt(libvirt, &error);
	virConnectClose(libvirt);
	if (!connection->vtune) {
		enum status status = error ? say_live_error(connection, NULL, error)
					   : say_refusal(uri);

		connection_close(connection);
		return status;
	}
	connection->is_local = is_local(connection->uri);
	if (options->verbose)
		say("connected to %s", connection->uri);
	return STATUS_DONE;
}

enum status connection_open(const struct options *options, const char *uri,
			    struct connection *connection)
{
	virConnectPtr libvirt;

	*connection = (struct connection){ 0 };
	virSetErrorFunc(NULL, say_nothing);
	libvirt = virConnectOpenAuth(uri, virConnectAuthPtrDefault, 0);
	return libvirt ? take(options, uri, libvirt, connection) : say_refusal(uri);
}

enum status connection_try(const struct options *options, const char *uri,
			   struct connection *connection)
{
	virConnectPtr libvirt;

	*connection = (struct connection){ 0 };
	virSetErrorFunc(NULL, say_nothing);
	libvirt = virConnectOpen(uri);
	if (libvirt)
		return take(options, uri, libvirt, connection);
	if (!options->quiet)
		say("note: without a connection to %s nothing is known of the domains here (%s)",
		    uri, reason_text(virGetLastError()));
	return STATUS_DONE;
}

void connection_close(struct connection *connection)
{
	vtune_connection_free(connection->vtune);
	free(connection->uri);
	*connection = (struct connection){ 0 };
}

enum status say_live_error(const struct connection *connection, const char *domain,
			   struct vtune_error *error)
{
	struct input input = { .name = domain ? domain : connection->uri };
	/* libvirt keeps the reason of its last failure until it is called again. */
	int reason = vtune_error_get_code(error) == VTUNE_ERR_LIBVIRT ? virGetLastErrorCode() : 0;
	enum status status = say_error(&input, error);

	if (is_permission(reason))
		say("%s", permission_hint);
	if (reason != VIR_ERR_NO_DOMAIN)
		return status;
	say("hint: virsh -c %s list --all shows the domains that are there", connection->uri);
	return STATUS_BAD;
}
