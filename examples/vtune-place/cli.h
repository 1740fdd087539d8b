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
enum action {
	ACTION_PLAN,
	ACTION_HOST,
	ACTION_APPLY,
	ACTION_VERIFY,
	ACTION_MIGRATE,
	ACTION_BASELINE,
	ACTION_TUNE,
	ACTION_HELP,
	ACTION_VERSION,
};

struct options {
	enum action action;
	enum format format;
	const char *host;    /* SOURCE */
	const char *connect; /* a URI; NULL: none; likewise below */
	const char *state;
	const char *domain; /* a file */
	const char *domain_name;
	const char *plan; /* a file */
	const char *virt_type;
	const char *output;
	const char *domains; /* a folder of domain documents */
	const char *to;	     /* a URI */
	const char *migrate_uri;
	unsigned int lock_timeout; /* seconds, when has_lock_timeout */
	bool has_lock_timeout;
	bool verbose, quiet;
	bool explain;  /* say why, too */
	bool capacity; /* say how many fit, not where */
	bool together; /* not one after another */
	bool all;      /* with together: all or none */
	bool defined;  /* domains that do not run hold what they ask for, too */
	bool running;  /* they hold nothing, also if they were placed */
	bool live, config, dry_run, move_memory, undo;
	bool run, peer2peer, tunnelled, persistent, undefine_source; /* of migrate */
	const char *profile;   /* a name or a file; for tune, as all up to persist */
	const char *sysroot;   /* a folder */
	const char *for_spec;  /* a SPEC; the words are more of them */
	const char *only;      /* ids with commas between them */
	const char *skip;      /* likewise */
	const char *undo_file;
	const char *persist; /* a folder */
	bool apply;
	char **words; /* SPECs, the DOMAINs of verify, or the URIs of baseline */
	int nwords;
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
	KIND_PROFILE,
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

/* A connection to libvirt. */
struct connection {
	struct vtune_connection *vtune;
	char *uri;
	bool is_local; /* its machine is this one */
};

/* ---- options.c ---- */

enum status options_parse(int argc, char **argv, struct options *options);
/* A word that is no file may be meant as a command. */
void say_commands(void);

/* ---- options-check.c ---- */

/* Do the options of the command go together with each other and with its words? */
enum status options_check(struct options *options, bool has_format);

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
/* Has the JSON object this key, given with its quotes? */
bool guess_has_key(const char *text, const char *name);
const char *kind_name(enum kind kind);
/* How a document of that kind is given, as "--host hwloc:"; NULL: not at all. */
const char *kind_usage(enum kind kind);

/* ---- input.c ---- */

/* Read a file, or standard input for "-". It must be text. Says what is wrong. */
enum status input_read(const char *path, enum kind kind, struct input *input);
/* The file, for messages. */
const char *input_name(const char *path);
void input_free(struct input *input);

/* ---- connection.c ---- */

/* uri NULL: libvirt's default. */
enum status connection_open(const struct options *options, const char *uri,
			    struct connection *connection);
/* The same where it will do without: it asks for no password, and when there is none says so
 * and leaves *connection empty. */
enum status connection_try(const struct options *options, const char *uri,
			   struct connection *connection);
void connection_close(struct connection *connection);
/* Say what failed for a domain (NULL: for all), with a hint where there is one; frees
 * the error. */
enum status say_live_error(const struct connection *connection, const char *domain,
			   struct vtune_error *error);

/* ---- source.c ---- */

/* "libvirt", or "libvirt:URI": the URI is all after the colon, "" where there is none. */
bool source_is_libvirt(const char *source, const char **uri);
/* The host that the options name, with their state on it. It is read through the
 * connection, where that is the one that they name; NULL: none is open. */
enum status source_read(const struct options *options, const struct connection *connection,
			struct vtune_host **host);

/* ---- domains.c ---- */

/* Lay the domains of the folder over the host. */
enum status domains_lay(const char *folder, struct vtune_host **host);

/* ---- spec.c ---- */

enum status spec_read(const char *path, struct vtune_spec **spec);
enum status spec_of_domain(const struct connection *connection, const char *domain,
			   struct vtune_spec **spec);
/* A plan that fits, of that domain. */
enum status plan_read(const char *path, const char *domain, struct vtune_plan **plan);

/* ---- text.c ---- */

bool text_add(struct text *text, const char *more); /* false: out of memory */
bool text_end_line(struct text *text);		    /* unless it ends with one */
/* Add what the library wrote, and free it; NULL: say the error, which name had. */
enum status text_take(struct text *text, const char *name, char *more, struct vtune_error *error);
/* The same with one of several JSON documents: they become an array. */
enum status text_take_item(struct text *text, int index, int count, const char *name, char *more,
			   struct vtune_error *error);
void text_free(struct text *text);
/* How wide a text for this output may be; 0: as the library likes. */
unsigned int text_columns(const struct options *options);

/* ---- output.c ---- */

/* Write the result to standard output, or to the file that the options name,
 * which is replaced as a whole or not at all. */
enum status output_write(const struct options *options, const struct text *text);

/* ---- progress.c ---- */

struct progress {
	size_t shown; /* how long the line is that is there */
};

/* Show the moving of memory on a terminal, from calls with these knobs. */
enum status progress_start(struct progress *progress, const struct options *options,
			   struct vtune_options *knobs);
/* Take the line away. */
void progress_end(struct progress *progress);

/* ---- signals.c ---- */

/* From here on the first Ctrl-C, or wish to end, waits for signals_deliver(); a domain is
 * being set, or else the host. */
void signals_defer(bool is_domain);
void signals_deliver(void);

/* ---- plan.c, host.c, apply.c, verify.c, migrate.c, baseline.c, tune.c: the commands ---- */

enum status command_plan(const struct options *options);
enum status command_host(const struct options *options);
enum status command_apply(const struct options *options);
enum status command_verify(const struct options *options);
enum status command_migrate(const struct options *options);
enum status command_baseline(const struct options *options);
enum status command_tune(const struct options *options);

#endif
