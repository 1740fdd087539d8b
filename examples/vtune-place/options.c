/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const command_names[] = {
	[ACTION_PLAN] = "plan",
	[ACTION_HOST] = "host",
	[ACTION_APPLY] = "apply",
	[ACTION_VERIFY] = "verify",
	[ACTION_MIGRATE] = "migrate",
	[ACTION_BASELINE] = "baseline",
	[ACTION_TUNE] = "tune",
};

/* Sets of commands. */
enum {
	PLAN = 1 << ACTION_PLAN,
	HOST = 1 << ACTION_HOST,
	APPLY = 1 << ACTION_APPLY,
	VERIFY = 1 << ACTION_VERIFY,
	MIGRATE = 1 << ACTION_MIGRATE,
	BASELINE = 1 << ACTION_BASELINE,
	TUNE = 1 << ACTION_TUNE,
	ALL = PLAN | HOST | APPLY | VERIFY | MIGRATE | BASELINE | TUNE,
};

enum {
	OPTION_HOST = 256,
	OPTION_CONNECT,
	OPTION_DEFINED,
	OPTION_RUNNING,
	OPTION_STATE,
	OPTION_FORMAT,
	OPTION_DOMAIN,
	OPTION_DOMAIN_NAME,
	OPTION_VIRT_TYPE,
	OPTION_EXPLAIN,
	OPTION_CAPACITY,
	OPTION_TOGETHER,
	OPTION_ALL,
	OPTION_PLAN,
	OPTION_LIVE,
	OPTION_CONFIG,
	OPTION_DRY_RUN,
	OPTION_MOVE_MEMORY,
	OPTION_LOCK_TIMEOUT,
	OPTION_UNDO,
	OPTION_DOMAINS,
	OPTION_TO,
	OPTION_RUN,
	OPTION_PEER2PEER,
	OPTION_TUNNELLED,
	OPTION_PERSISTENT,
	OPTION_UNDEFINE_SOURCE,
	OPTION_MIGRATE_URI,
	OPTION_PROFILE,
	OPTION_SYSROOT,
	OPTION_FOR,
	OPTION_ONLY,
	OPTION_SKIP,
	OPTION_UNDO_FILE,
	OPTION_PERSIST,
	OPTION_APPLY,
};

/* Every option, and the commands that take it. */
static const struct {
	const char *name;
	int value; /* required_argument or no_argument */
	int id;
	unsigned int commands;
} rows[] = {
	{ "host", required_argument, OPTION_HOST, PLAN | HOST | MIGRATE | TUNE },
	{ "connect", required_argument, OPTION_CONNECT, ALL & ~BASELINE },
	{ "defined", no_argument, OPTION_DEFINED, PLAN | HOST | APPLY | MIGRATE | TUNE },
	{ "running", no_argument, OPTION_RUNNING, PLAN | APPLY | MIGRATE },
	{ "state", required_argument, OPTION_STATE, PLAN | HOST | APPLY | MIGRATE | TUNE },
	{ "domains", required_argument, OPTION_DOMAINS, PLAN | HOST | MIGRATE },
	{ "format", required_argument, OPTION_FORMAT, ALL },
	{ "domain", required_argument, OPTION_DOMAIN, PLAN | MIGRATE },
	{ "domain-name", required_argument, OPTION_DOMAIN_NAME, PLAN },
	{ "virt-type", required_argument, OPTION_VIRT_TYPE, PLAN | BASELINE },
	{ "explain", no_argument, OPTION_EXPLAIN, PLAN },
	{ "capacity", no_argument, OPTION_CAPACITY, PLAN },
	{ "together", no_argument, OPTION_TOGETHER, PLAN },
	{ "all", no_argument, OPTION_ALL, PLAN },
	{ "plan", required_argument, OPTION_PLAN, APPLY | VERIFY },
	{ "live", no_argument, OPTION_LIVE, APPLY },
	{ "config", no_argument, OPTION_CONFIG, APPLY },
	{ "dry-run", no_argument, OPTION_DRY_RUN, APPLY | TUNE },
	{ "move-memory", no_argument, OPTION_MOVE_MEMORY, APPLY },
	{ "lock-timeout", required_argument, OPTION_LOCK_TIMEOUT, APPLY | MIGRATE },
	{ "undo", no_argument, OPTION_UNDO, APPLY | TUNE },
	{ "to", required_argument, OPTION_TO, MIGRATE },
	{ "run", no_argument, OPTION_RUN, MIGRATE },
	{ "peer2peer", no_argument, OPTION_PEER2PEER, MIGRATE },
	{ "tunnelled", no_argument, OPTION_TUNNELLED, MIGRATE },
	{ "persistent", no_argument, OPTION_PERSISTENT, MIGRATE },
	{ "undefine-source", no_argument, OPTION_UNDEFINE_SOURCE, MIGRATE },
	{ "migrate-uri", required_argument, OPTION_MIGRATE_URI, MIGRATE },
	{ "profile", required_argument, OPTION_PROFILE, TUNE },
	{ "sysroot", required_argument, OPTION_SYSROOT, TUNE },
	{ "for", required_argument, OPTION_FOR, TUNE },
	{ "only", required_argument, OPTION_ONLY, TUNE },
	{ "skip", required_argument, OPTION_SKIP, TUNE },
	{ "apply", no_argument, OPTION_APPLY, TUNE },
	{ "persist", required_argument, OPTION_PERSIST, TUNE },
	{ "undo-file", required_argument, OPTION_UNDO_FILE, TUNE },
	{ "output", required_argument, 'o', ALL },
	{ "verbose", no_argument, 'v', ALL },
	{ "quiet", no_argument, 'q', ALL },
	{ "help", no_argument, 'h', ALL },
	{ "version", no_argument, 'V', ALL },
};

/* The formats, and the commands that write them. */
static const struct {
	const char *name;
	unsigned int commands;
} formats[] = {
	[FORMAT_TEXT] = { "text", ALL },
	[FORMAT_JSON] = { "json", ALL },
	[FORMAT_XML] = { "xml", PLAN | MIGRATE | BASELINE },
	[FORMAT_SVG] = { "svg", PLAN | HOST },
};

/* What was read, before it is known whether it goes together. */
struct raw {
	struct options *options;
	bool given[COUNT(rows)];
	bool has_format;
};

/* The names of some rows: "a, b and c". */
struct list {
	const char *names[COUNT(rows)];
	size_t count;
	char text[80];
};

static const char *list_text(struct list *list)
{
	size_t used = 0;

	for (size_t i = 0; i < list->count && used < sizeof(list->text); i++) {
		const char *before = i == 0 ? "" : i + 1 < list->count ? ", " : " and ";

		used += (size_t)snprintf(list->text + used, sizeof(list->text) - used, "%s%s",
					 before, list->names[i]);
	}
	return list->text;
}

static const char *list_commands(struct list *list, unsigned int commands)
{
	list->count = 0;
	for (size_t i = 0; i < COUNT(command_names); i++) {
		if (commands & 1U << i)
			list->names[list->count++] = command_names[i];
	}
	return list_text(list);
}

static const char *list_formats(struct list *list, unsigned int commands)
{
	list->count = 0;
	for (size_t i = 0; i < COUNT(formats); i++) {
		if (formats[i].commands & commands)
			list->names[list->count++] = formats[i].name;
	}
	return list_text(list);
}

void say_commands(void)
{
	struct list list;

	say("hint: the commands are %s; see vtune-place --help", list_commands(&list, ALL));
}

static enum status bad_option(int c, char **argv)
{
	const char *word = argv[optind - 1];

	if (c == ':')
		say("%s needs a value; see vtune-place --help", word);
	else if (optopt > 0 && optopt < 256 && strncmp(word, "--", 2) != 0)
		say("unknown option -%c; see vtune-place --help", optopt);
	else if (optopt > 0)
		say("%s: this option takes no value; see vtune-place --help", word);
	else
		say("unknown or ambiguous option %s; see vtune-place --help", word);
	return STATUS_BAD;
}

static enum status read_format(struct raw *raw, const char *word)
{
	struct list list;

	for (size_t i = 0; i < COUNT(formats); i++) {
		if (strcmp(word, formats[i].name) != 0)
			continue;
		raw->options->format = (enum format)i;
		raw->has_format = true;
		return STATUS_DONE;
	}
	say("--format %s: the formats are %s", word, list_formats(&list, ALL));
	return STATUS_BAD;
}

/* Whole seconds, which the library takes as milliseconds. */
static enum status read_lock_timeout(struct options *options, const char *word)
{
	static const unsigned int most = UINT_MAX / 1000;
	unsigned long seconds;
	char *end;

	errno = 0;
	seconds = strtoul(word, &end, 10);
	if (!isdigit((unsigned char)word[0]) || *end || errno || seconds > most) {
		say("--lock-timeout %s: this must be a number of seconds from 0 to %u", word, most);
		return STATUS_BAD;
	}
	options->lock_timeout = (unsigned int)seconds;
	options->has_lock_timeout = true;
	return STATUS_DONE;
}

/* Where the value of an option goes; NULL: it has none, or is more than a text. */
static const char **value_of(struct options *options, int id)
{
	switch (id) {
	case OPTION_HOST:
		return &options->host;
	case OPTION_CONNECT:
		return &options->connect;
	case OPTION_STATE:
		return &options->state;
	case OPTION_DOMAIN:
		return &options->domain;
	case OPTION_DOMAIN_NAME:
		return &options->domain_name;
	case OPTION_PLAN:
		return &options->plan;
	case OPTION_VIRT_TYPE:
		return &options->virt_type;
	case OPTION_DOMAINS:
		return &options->domains;
	case OPTION_TO:
		return &options->to;
	case OPTION_MIGRATE_URI:
		return &options->migrate_uri;
	case OPTION_PROFILE:
		return &options->profile;
	case OPTION_SYSROOT:
		return &options->sysroot;
	case OPTION_FOR:
		return &options->for_spec;
	case OPTION_ONLY:
		return &options->only;
	case OPTION_SKIP:
		return &options->skip;
	case OPTION_PERSIST:
		return &options->persist;
	case OPTION_UNDO_FILE:
		return &options->undo_file;
	case 'o':
		return &options->output;
	default:
		return NULL;
	}
}

/* What an option without a value turns on; NULL: it is none of those. */
static bool *switch_of(struct options *options, int id)
{
	switch (id) {
	case OPTION_DEFINED:
		return &options->defined;
	case OPTION_RUNNING:
		return &options->running;
	case OPTION_EXPLAIN:
		return &options->explain;
	case OPTION_CAPACITY:
		return &options->capacity;
	case OPTION_TOGETHER:
		return &options->together;
	case OPTION_ALL:
		return &options->all;
	case OPTION_LIVE:
		return &options->live;
	case OPTION_CONFIG:
		return &options->config;
	case OPTION_DRY_RUN:
		return &options->dry_run;
	case OPTION_MOVE_MEMORY:
		return &options->move_memory;
	case OPTION_UNDO:
		return &options->undo;
	case OPTION_RUN:
		return &options->run;
	case OPTION_PEER2PEER:
		return &options->peer2peer;
	case OPTION_TUNNELLED:
		return &options->tunnelled;
	case OPTION_PERSISTENT:
		return &options->persistent;
	case OPTION_UNDEFINE_SOURCE:
		return &options->undefine_source;
	case OPTION_APPLY:
		return &options->apply;
	case 'v':
		return &options->verbose;
	case 'q':
		return &options->quiet;
	default:
		return NULL;
	}
}

static enum status read_option(struct raw *raw, int id)
{
	const char **value = value_of(raw->options, id);
	bool *on = switch_of(raw->options, id);

	for (size_t i = 0; i < COUNT(rows); i++)
		raw->given[i] |= rows[i].id == id;
	if (value)
		*value = optarg;
	else if (on)
		*on = true;
	else if (id == OPTION_FORMAT)
		return read_format(raw, optarg);
	else if (id == OPTION_LOCK_TIMEOUT)
		return read_lock_timeout(raw->options, optarg);
	else
		raw->options->action = id == 'h' ? ACTION_HELP : ACTION_VERSION;
	return STATUS_DONE;
}

static void read_words(struct options *options, int argc, char **argv)
{
	options->action = ACTION_PLAN;
	for (size_t i = 0; i < COUNT(command_names) && optind < argc; i++) {
		if (strcmp(argv[optind], command_names[i]) != 0)
			continue;
		options->action = (enum action)i;
		optind++;
		break;
	}
	options->words = argv + optind;
	options->nwords = argc - optind;
}

/* Does the command take the options, and write the format? */
static enum status check_command(const struct raw *raw)
{
	const struct options *options = raw->options;
	unsigned int command = 1U << options->action;
	const char *name = command_names[options->action];
	struct list list;

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!raw->given[i] || rows[i].commands & command)
			continue;
		say("the command '%s' takes no --%s, which is for %s", name, rows[i].name,
		    list_commands(&list, rows[i].commands));
		return STATUS_BAD;
	}
	if (formats[options->format].commands & command)
		return STATUS_DONE;
	say("--format %s: the command '%s' writes %s", formats[options->format].name, name,
	    list_formats(&list, command));
	return STATUS_BAD;
}

enum status options_parse(int argc, char **argv, struct options *options)
{
	struct option known[COUNT(rows) + 1] = { 0 };
	struct raw raw = { .options = options };
	enum status status;
	int id;

	for (size_t i = 0; i < COUNT(rows); i++)
		known[i] = (struct option){ rows[i].name, rows[i].value, NULL, rows[i].id };
	opterr = 0;
	options->action = ACTION_PLAN;
	while ((id = getopt_long(argc, argv, ":o:vqhV", known, NULL)) != -1) {
		if (id == ':' || id == '?')
			return bad_option(id, argv);
		status = read_option(&raw, id);
		if (status != STATUS_DONE || options->action != ACTION_PLAN)
			return status;
	}
	read_words(options, argc, argv);
	status = check_command(&raw);
	return status == STATUS_DONE ? options_check(options, raw.has_format) : status;
}
