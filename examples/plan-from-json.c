/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-from-json HOST.json SPEC.json: place a VM, print it as libvirt XML.
 *
 *   cc plan-from-json.c $(pkg-config --cflags --libs libvtune) -o plan-from-json
 */
#include <stdio.h>
#include <stdlib.h>

#include <libvtune.h>

/* A whole file as a string; its documents are small. */
static char *read_file(const char *path)
{
	const size_t room = 1024 * 1024;
	FILE *file = fopen(path, "r");
	char *text = malloc(room);

	if (!file || !text) {
		perror(path);
		free(text);
		text = NULL;
	} else {
		text[fread(text, 1, room - 1, file)] = '\0';
	}
	if (file)
		fclose(file);
	return text;
}

int main(int argc, char **argv)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host = NULL;
	struct vtune_spec *spec = NULL;
	struct vtune_plan *plan = NULL;
	char *host_json, *spec_json, *out = NULL;
	int status = 2;

	if (argc != 3) {
		fprintf(stderr, "usage: %s HOST.json SPEC.json\n", argv[0]);
		return 2;
	}
	host_json = read_file(argv[1]);
	spec_json = read_file(argv[2]);
	if (!host_json || !spec_json)
		goto out;

	/* Each step is skipped when the one before it failed and set err. */
	host = vtune_host_from_json(host_json, &err);
	if (host)
		spec = vtune_spec_from_json(spec_json, &err);
	if (spec)
		plan = vtune_place(host, spec, NULL, &err);
	if (plan) {
		/* A VM that does not fit is an answer, not an error: say why. */
		status = vtune_plan_fits(plan) ? 0 : 1;
		out = status == 0 ? vtune_plan_to_xml(plan, NULL, &err)
				  : vtune_plan_to_text(plan, host, 0, &err);
	}
	if (out) {
		fputs(out, stdout);
	} else {
		fprintf(stderr, "%s %s\n", vtune_error_get_where(err),
			vtune_error_get_message(err));
		status = 2;
	}
out:
	free(out);
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	vtune_host_free(host);
	vtune_error_free(err);
	free(spec_json);
	free(host_json);
	return status;
}
