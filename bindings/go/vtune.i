/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The raw layer of the Go package: functions of the C header by their names. */
%module swig

%insert(cgo_comment) %{
#cgo pkg-config: libvtune
%}

/* An error is an address, which package vtune reads and frees. */
%typemap(gotype) struct vtune_error **err "*uintptr"
%typemap(imtype) struct vtune_error **err "*uintptr"
%typemap(in) struct vtune_error **err "$1 = (struct vtune_error **)$input;"
%typemap(gotype) unsigned int *count "*uint32"
%typemap(imtype) unsigned int *count "*uint32"
%typemap(in) unsigned int *count "$1 = (unsigned int *)$input;"

/* An address, and the handle of a Go function. */
%typemap(gotype) uintptr_t "uintptr"
%typemap(imtype) uintptr_t "uintptr"

/* Where C takes NULL for "the default" or "all", Go has the empty string. */
%typemap(check) const char *uri, const char *domain "if ($1 && !*$1) { free($1); $1 = NULL; }"

/* Lists and callbacks have functions of their own below. */
%ignore vtune_place_together;
%ignore vtune_host_with_domains;
%ignore vtune_baseline_cpu;
%ignore vtune_tuning_options_add_specs;
%ignore vtune_options_set_progress;

%include "../vtune.i"

%{
extern void vtuneGoProgress(uintptr_t handle, char *what, uint64_t done, uint64_t all);

static void call_progress(void *data, const char *what, uint64_t done, uint64_t all)
{
	vtuneGoProgress((uintptr_t)data, (char *)what, done, all);
}
%}

%newobject connections_baseline;
%newobject texts_on_host;
%inline %{
int error_code(uintptr_t error)
{
	return vtune_error_get_code((struct vtune_error *)error);
}
const char *error_message(uintptr_t error)
{
	return vtune_error_get_message((struct vtune_error *)error);
}
const char *error_where(uintptr_t error)
{
	return vtune_error_get_where((struct vtune_error *)error);
}
int error_errno(uintptr_t error)
{
	return vtune_error_get_errno((struct vtune_error *)error);
}
void error_free(uintptr_t error)
{
	vtune_error_free((struct vtune_error *)error);
}

/* The arguments and results of vtune_place_together(). */
struct together {
	const struct vtune_spec **specs;
	struct vtune_plan **plans;
	unsigned int count;
};
void together_free(struct together *together)
{
	if (!together)
		return;
	free(together->specs);
	free(together->plans);
	free(together);
}
struct together *together_new(unsigned int count)
{
	struct together *together = (struct together *)calloc(1, sizeof(*together));

	if (!together)
		return NULL;
	together->count = count;
	together->specs = (const struct vtune_spec **)calloc(count + 1, sizeof(*together->specs));
	together->plans = (struct vtune_plan **)calloc(count + 1, sizeof(*together->plans));
	if (!together->specs || !together->plans) {
		together_free(together);
		return NULL;
	}
	return together;
}
void together_set(struct together *together, unsigned int i, const struct vtune_spec *spec)
{
	together->specs[i] = spec;
}
int together_place(const struct vtune_host *host, struct together *together, int how,
		   const struct vtune_options *options, struct vtune_error **err)
{
	return vtune_place_together(host, together->specs, together->count,
				    (enum vtune_together)how, options, together->plans, err);
}
int together_tune(struct vtune_tuning_options *options, const struct vtune_host *host,
		  const struct together *together, struct vtune_error **err)
{
	return vtune_tuning_options_add_specs(options, host, together->specs, together->count,
					      err);
}
/* It is the caller's from now on. */
struct vtune_plan *together_take(struct together *together, unsigned int i)
{
	struct vtune_plan *plan = together->plans[i];

	together->plans[i] = NULL;
	return plan;
}

/* The documents of vtune_host_with_domains(), and the connections of
 * vtune_baseline_cpu(). */
struct texts {
	char **list;
	unsigned int count;
};
void texts_free(struct texts *texts)
{
	if (!texts)
		return;
	for (unsigned int i = 0; texts->list && i < texts->count; i++)
		free(texts->list[i]);
	free(texts->list);
	free(texts);
}
struct texts *texts_new(unsigned int count)
{
	struct texts *texts = (struct texts *)calloc(1, sizeof(*texts));

	if (!texts)
		return NULL;
	texts->count = count;
	texts->list = (char **)calloc((size_t)count + 1, sizeof(*texts->list));
	if (!texts->list) {
		texts_free(texts);
		return NULL;
	}
	return texts;
}
/* 0 when there is no memory for a copy. */
int texts_set(struct texts *texts, unsigned int i, const char *text)
{
	texts->list[i] = strdup(text);
	return texts->list[i] != NULL;
}
struct vtune_host *texts_on_host(const struct vtune_host *host, struct texts *texts,
				 struct vtune_error **err)
{
	return vtune_host_with_domains(host, (const char *const *)texts->list, texts->count, err);
}
struct connections {
	struct vtune_connection **list;
	unsigned int count;
};
void connections_free(struct connections *connections)
{
	if (!connections)
		return;
	free(connections->list);
	free(connections);
}
struct connections *connections_new(unsigned int count)
{
	struct connections *connections = (struct connections *)calloc(1, sizeof(*connections));

	if (!connections)
		return NULL;
	connections->count = count;
	connections->list = (struct vtune_connection **)calloc((size_t)count + 1,
							       sizeof(*connections->list));
	if (!connections->list) {
		connections_free(connections);
		return NULL;
	}
	return connections;
}
void connections_set(struct connections *connections, unsigned int i,
		     struct vtune_connection *connection)
{
	connections->list[i] = connection;
}
char *connections_baseline(struct connections *connections, int form,
			   const struct vtune_options *options, struct vtune_error **err)
{
	return vtune_baseline_cpu(connections->list, connections->count,
				  (enum vtune_baseline)form, options, err);
}

/* The way that the library takes to a Go function, for the tests. */
void tell_progress(uintptr_t handle, const char *what, uint64_t done, uint64_t all)
{
	call_progress((void *)handle, what, done, all);
}

/* handle: of the Go function that is called. */
int options_set_progress(struct vtune_options *options, uintptr_t handle, struct vtune_error **err)
{
	return vtune_options_set_progress(options, call_progress, (void *)handle, err);
}
%}
