/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Specs and plans, from files and from domains. */
#include <string.h>

#include "cli.h"

enum status spec_read(const char *path, struct vtune_spec **spec)
{
	struct vtune_error *error = NULL;
	struct input input;
	enum status status = input_read(path, KIND_SPEC, &input);

	if (status != STATUS_DONE)
		return status;
	*spec = vtune_spec_from_json(input.text, &error);
	if (!*spec)
		status = say_error(&input, error);
	input_free(&input);
	return status;
}

enum status spec_of_domain(const struct connection *connection, const char *domain,
			   struct vtune_spec **spec)
{
	struct vtune_error *error = NULL;

	*spec = vtune_spec_from_domain(connection->vtune, domain, &error);
	return *spec ? STATUS_DONE : say_live_error(connection, domain, error);
}

static enum status check_plan(const char *path, const char *domain, const struct vtune_plan *plan)
{
	const char *vm = vtune_plan_get_vm(plan);

	if (strcmp(vm, domain) != 0) {
		say("%s: /vm: this is the plan of \"%s\", not of the domain \"%s\"", path, vm,
		    domain);
		return STATUS_BAD;
	}
	if (vtune_plan_fits(plan))
		return STATUS_DONE;
	say("%s: this plan says that the VM does not fit, so it has no place for it", path);
	return STATUS_NO;
}

enum status plan_read(const char *path, const char *domain, struct vtune_plan **plan)
{
	struct vtune_error *error = NULL;
	struct input input;
	enum status status = input_read(path, KIND_PLAN, &input);

	if (status != STATUS_DONE)
		return status;
	*plan = vtune_plan_from_json(input.text, &error);
	if (*plan)
		status = check_plan(input.name, domain, *plan);
	else
		status = say_error(&input, error);
	input_free(&input);
	return status;
}
