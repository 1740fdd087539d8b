/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* emit-plan [-t TYPE] [-d DOMAIN.xml] PLAN.json: the plan as libvirt XML, or laid
 * into a domain. For live-define.sh, and to look at by hand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"

static int fail(const char *file, const struct vtune_error *err)
{
	fprintf(stderr, "%s: %s: %s\n", file, vtune_error_get_where(err),
		vtune_error_get_message(err));
	return 1;
}

int main(int argc, char **argv)
{
	VTUNE__CLEANUP(vtune__free_string) char *document = NULL, *domain = NULL, *xml = NULL;
	struct vtune_options *options = vtune_options_new();
	struct vtune_plan *plan = NULL;
	struct vtune_error *err = NULL;
	const char *file = NULL;
	int option, status = 0;

	while ((option = getopt(argc, argv, "t:d:")) != -1) {
		if (option == 'd')
			file = optarg;
		else if (option != 't' || vtune_options_set_domain_type(options, optarg, &err) < 0)
			return 2;
	}
	if (optind != argc - 1)
		return 2;
	document = vtune__file_read(argv[optind], &err);
	plan = document ? vtune_plan_from_json(document, &err) : NULL;
	if (plan && !file)
		xml = vtune_plan_to_xml(plan, options, &err);
	domain = plan && file ? vtune__file_read(file, &err) : NULL;
	if (domain)
		xml = vtune_plan_patch_domain_xml(plan, domain, &err);
	if (xml)
		fputs(xml, stdout);
	else
		status = fail(file && plan ? file : argv[optind], err);
	vtune_error_free(err);
	vtune_plan_free(plan);
	vtune_options_free(options);
	return status;
}
