/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vtune-place: the parts of the command. It uses libvtune's public functions only. */
#ifndef VTUNE_PLACE_CLI_H
#define VTUNE_PLACE_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include <libvtune.h>

/* What the command ends with. */
enum status {
	STATUS_DONE = 0,
	STATUS_NO = 1,	   /* all is sound, but a VM does not fit */
	STATUS_BAD = 2,	   /* bad usage or input */
	STATUS_FAILED = 3, /* the system failed */
};

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_XML, FORMAT_SVG };
enum action { ACTION_PLAN, ACTION_HOST, ACTION_HELP, ACTION_VERSION };

struct options {
	enum action action;
	enum format format;
	const char *host;  /* SOURCE */
	const char *state; /* NULL: none; likewise below */
	const char *domain;
	const char *virt_type;
	const char *output;
	bool verbose, quiet;
	bool explain;  /* say why, too */
	bool capacity; /* say how many fit, not where */
	char **specs;
	int nspecs;
};

/* What a document is, or looks like. */
enum kind {
	KIND_UNKNOWN,
	KIND_SPEC,
	KIND_HOST,
	KIND_STATE,
	KIND_PLAN,
	KIND_HWLOC,
	KIND_CAPABILITIES,
	KIND_DOMAIN,
};

/* A document as it was read. */
struct input {
	const char *name; /* for messages */
	enum kind kind;	  /* what it is taken for */
	char *text;
};

/* A text that grows. */
struct text {
	char *data;
	size_t length, room;
};

/* ---- options.c ---- */

enum status options_parse(int argc, char **argv, struct options *options);

/* ---- report.c: everything that goes to standard error ---- */

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
enum status say_memory(void);
/* What an errno from opening or writing a file means for the status. */
enum status status_of_errno(int number);
/* Say what the library says of an input, with a hint where the input looks like
 * something else; frees the error. */
enum status say_error(const struct input *input, struct vtune_error *error);
/* Say what the input looks like, when that is not what it is taken for. */
void say_hint(const struct input *input);

/* ---- guess.c ---- */

enum kind guess_kind(const char *text);
const char *kind_name(enum kind kind);
/* How a document of that kind is given, as "--host hwloc:"; NULL: not at all. */
const char *kind_usage(enum kind kind);

/* ---- input.c ---- */

/* Read a file, or standard input for "-". It must be text. Says what is wrong. */
enum status input_read(const char *path, enum kind kind, struct input *input);
void input_free(struct input *input);

/* ---- source.c ---- */

/* The host that the options name, with their state on it. */
enum status source_read(const struct options *options, struct vtune_host **host);

/* ---- text.c ---- */

bool text_add(struct text *text, const char *more); /* false: out of memory */
bool text_end_line(struct text *text);		    /* unless it ends with one */
void text_free(struct text *text);
/* How wide a text for this output may be; 0: as the library likes. */
unsigned int text_columns(const struct options *options);

/* ---- output.c ---- */

/* Write the result to standard output, or to the file that the options name,
 * which is replaced as a whole or not at all. */
enum status output_write(const struct options *options, const struct text *text);

/* ---- plan.c, host.c: the commands ---- */

enum status command_plan(const struct options *options);
enum status command_host(const struct options *options);

#endif
