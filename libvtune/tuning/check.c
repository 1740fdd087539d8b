/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Run all checks. */
#include "tuning.h"

#include <errno.h>
#include <stdlib.h>

static int run_checks(struct vtune__checking *checking, const struct vtune_tuning_options *options)
{
	for (unsigned int i = 0; i < vtune__tune_nchecks; i++) {
		checking->check = &vtune__tune_checks[i];
		if (!vtune__options_want(options, checking->check))
			continue;
		if (checking->check->run(checking) < 0)
			return -1;
	}
	return 0;
}

/* The tuning takes over what was found out of the VMs. */
static int give_vms(struct vtune__checking *checking)
{
	struct vtune_tuning *tuning = checking->tuning;

	if (vtune__set_copy(&tuning->held, &checking->vms.held) < 0)
		return vtune__fail_memory(checking->err);
	tuning->has_vms = checking->has_vms;
	tuning->has_domains = checking->domains;
	tuning->vms = checking->vms.names;
	checking->vms.names = (struct vtune__names){ 0 };
	return 0;
}

static int check_all(const struct vtune_tuning_options *options, const struct vtune_host *running,
		     const struct vtune__tuning_domains *domains, struct vtune_tuning *tuning,
		     struct vtune_error **err)
{
	struct vtune__checking checking = {
		.root = tuning->root,
		.profile = options->profile,
		.has_vms = running || options->nplans > 0,
		.domains = domains,
		.tuning = tuning,
		.err = err,
	};
	int rc = -1;

	tuning->profile = vtune__strdup(options->profile->name, err);
	if (tuning->profile && vtune__vms_read(options, running, &checking.vms, err) == 0 &&
	    vtune__machine_read(tuning->root, &checking.machine, err) == 0 &&
	    run_checks(&checking, options) == 0)
		rc = give_vms(&checking);
	vtune__vms_free(&checking.vms);
	vtune__machine_free(&checking.machine);
	return rc;
}

/* ---- what the connection tells ---- */

struct told {
	struct vtune_host *host;
	struct vtune__tuning_domains domains;
};

static void free_told(struct told *told)
{
	vtune_host_free(told->host);
	vtune__tuning_domains_free(&told->domains);
}

static int ask(const struct vtune_tuning_options *options, struct vtune_connection *connection,
	       struct told *told, struct vtune_error **err)
{
	if (!options->sysroot && vtune__tuning_is_remote(connection))
		return vtune__fail(err, VTUNE_ERR_UNSUPPORTED, NULL,
				   "The connection is to another machine, whose settings cannot be "
				   "read from here; give a copy of its /proc, /sys and /etc as the "
				   "sysroot");
	if (!options->host) {
		told->host = vtune_host_from_connection(connection, 0, err);
		if (!told->host)
			return -1;
	}
	return vtune__tuning_domains_read(connection, &told->domains, err);
}

static struct vtune_tuning *check_with(const struct vtune_tuning_options *options,
				       struct vtune_connection *connection,
				       struct vtune_error **err)
{
	VTUNE__CLEANUP(free_told) struct told told = { 0 };
	struct vtune_tuning *tuning = vtune__tuning_new(options, err);
	const struct vtune_host *running;

	if (!tuning)
		return NULL;
	if (connection && ask(options, connection, &told, err) < 0)
		goto fail;
	running = options->host ? options->host : told.host;
	if (check_all(options, running, connection ? &told.domains : NULL, tuning, err) == 0)
		return tuning;
fail:
	vtune_tuning_free(tuning);
	return NULL;
}

VTUNE_EXPORT struct vtune_tuning *vtune_tuning_check(const struct vtune_tuning_options *options,
						     struct vtune_connection *connection,
						     struct vtune_error **err)
{
	struct vtune_tuning_options complete = { 0 };
	struct vtune_tuning *tuning;

	if (options)
		complete = *options;
	if (complete.profile)
		return check_with(&complete, connection, err);
	complete.profile = vtune__profile_of(VTUNE__DEFAULT_PROFILE, err);
	if (!complete.profile)
		return NULL;
	tuning = check_with(&complete, connection, err);
	vtune__profile_free(complete.profile);
	return tuning;
}
