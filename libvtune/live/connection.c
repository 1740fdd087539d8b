/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvtune-libvirt.h"
#include "live.h"

#include <stdlib.h>
#include <string.h>

/* libvirt prints errors of connections that have no function for them. */
static void say_nothing(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

/* What is between "://" and the next slash: a host, for a remote connection. */
static bool has_server(const char *uri)
{
	const char *server = strstr(uri, "://");

	return !server || (server[3] != '/' && server[3] != '\0');
}

int vtune__fail_libvirt(const struct vtune_connection *connection, struct vtune_error **err,
			const char *where, const char *format, ...)
{
	virErrorPtr reason = virGetLastError();
	struct vtune__text text = { 0 };
	va_list args;

	(void)connection;
	va_start(args, format);
	vtune__text_vaddf(&text, format, args);
	va_end(args);
	if (text.failed)
		vtune__fail_memory(err);
	else
		vtune__fail(err, VTUNE_ERR_LIBVIRT, where, "%s failed: %s", text.data,
			    reason && reason->message ? reason->message : "libvirt gives no reason");
	vtune__text_free(&text);
	return -1;
}

static int read_uri(struct vtune_connection *connection, struct vtune_error **err)
{
	const struct vtune__calls *calls = connection->calls;
	const char *type = calls->virConnectGetType(connection->connection);

	connection->uri = calls->virConnectGetURI(connection->connection);
	if (!connection->uri || !type)
		return vtune__fail_libvirt(connection, err, NULL, "Asking a connection for its URI");
	connection->is_test = strcmp(type, "TEST") == 0 || strcmp(type, "Test") == 0;
	connection->sets_scheduler = !connection->is_test;
	connection->is_local = !connection->is_test && !has_server(connection->uri);
	return 0;
}

struct vtune_connection *vtune__connection_new(virConnectPtr connection,
					       const struct vtune__calls *calls,
					       struct vtune_error **err)
{
	struct vtune_connection *own = vtune__alloc(1, sizeof(*own), err);

	if (!own)
		return NULL;
	own->calls = calls;
	own->lock = -1;
	if (calls->virConnectRef(connection) < 0) {
		vtune__fail_libvirt(own, err, NULL, "Sharing the connection");
		free(own);
		return NULL;
	}
	own->connection = connection;
	if (read_uri(own, err) < 0) {
		vtune_connection_free(own);
		return NULL;
	}
	return own;
}

VTUNE_EXPORT struct vtune_connection *vtune_connection_from_libvirt(virConnectPtr connection,
								    struct vtune_error **err)
{
	if (!connection) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	return vtune__connection_new(connection, &vtune__libvirt_calls, err);
}

VTUNE_EXPORT struct vtune_connection *vtune_connection_open(const char *uri,
							    struct vtune_error **err)
{
	struct vtune_connection *own;
	virConnectPtr connection;

	/* Before there is a connection, libvirt can only be kept from printing by a
	 * function for the whole process, which is not ours to set. */
	connection = virConnectOpen(uri);
	if (!connection) {
		vtune__fail_libvirt(NULL, err, uri, "Connecting to libvirt");
		return NULL;
	}
	virConnSetErrorFunc(connection, NULL, say_nothing);
	own = vtune__connection_new(connection, &vtune__libvirt_calls, err);
	virConnectClose(connection);
	return own;
}

VTUNE_EXPORT void vtune_connection_free(struct vtune_connection *connection)
{
	if (!connection)
		return;
	vtune_connection_unlock(connection);
	if (connection->connection)
		connection->calls->virConnectClose(connection->connection);
	free(connection->uri);
	free(connection);
}

virDomainPtr vtune__connection_domain(const struct vtune_connection *connection, const char *name,
				      struct vtune_error **err)
{
	virDomainPtr domain =
		connection->calls->virDomainLookupByName(connection->connection, name);

	if (!domain)
		vtune__fail_libvirt(connection, err, name, "Looking up the domain \"%s\"", name);
	return domain;
}
