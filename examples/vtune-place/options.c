/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum {
	OPTION_HOST = 256,
	OPTION_STATE,
	OPTION_FORMAT,
	OPTION_DOMAIN,
	OPTION_VIRT_TYPE,
	OPTION_EXPLAIN,
	OPTION_CAPACITY,
};

static const struct option known[] = {
	{ "host", required_argument, NULL, OPTION_HOST },
	{ "state", required_argument, NULL, OPTION_STATE },
	{ "format", required_argument, NULL, OPTION_FORMAT },
	{ "domain", required_argument, NULL, OPTION_DOMAIN },
	{ "virt-type", required_argument, NULL, OPTION_VIRT_TYPE },
	{ "explain", no_argument, NULL, OPTION_EXPLAIN },
	{ "capacity", no_argument, NULL, OPTION_CAPACITY },
	{ "output", required_argument, NULL, 'o' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const char *const format_names[] = { "text", "json", "xml", "svg" };

/* What was read, before it is known whether it goes together. */
struct raw {
	struct options *options;
	bool has_format;
};

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
	for (int i = 0; i < (int)(sizeof(format_names) / sizeof(format_names[0])); i++) {
		if (strcmp(word, format_names[i]) != 0)
			continue;
		raw->options->format = (enum format)i;
		raw->has_format = true;
		return STATUS_DONE;
	}
	say("--format %s: the formats are text, json, xml and svg", word);
	return STATUS_BAD;
}

static enum status read_option(struct raw *raw, int c)
{
	struct options *options = raw->options;

	switch (c) {
	case OPTION_HOST:
		options->host = optarg;
		break;
	case OPTION_STATE:
		options->state = optarg;
		break;
	case OPTION_FORMAT:
		return read_format(raw, optarg);
	case OPTION_DOMAIN:
		options->domain = optarg;
		break;
	case OPTION_VIRT_TYPE:
		options->virt_type = optarg;
		break;
	case OPTION_EXPLAIN:
		options->explain = true;
		break;
	case OPTION_CAPACITY:
		options->capacity = true;
		break;
	case 'o':
		options->output = optarg;
		break;
	case 'v':
		options->verbose = true;
		break;
	case 'q':
		options->quiet = true;
		break;
	case 'h':
		options->action = ACTION_HELP;
		break;
	default:
		options->action = ACTION_VERSION;
		break;
	}
	return STATUS_DONE;
}

static void read_words(struct options *options, int argc, char **argv)
{
	options->action = ACTION_PLAN;
	if (optind < argc && strcmp(argv[optind], "host") == 0)
		options->action = ACTION_HOST;
	if (optind < argc && (options->action == ACTION_HOST || strcmp(argv[optind], "plan") == 0))
		optind++;
	options->specs = argv + optind;
	options->nspecs = argc - optind;
}

static enum status check_host(const struct options *options)
{
	if (options->nspecs > 0)
		say("%s: the command 'host' takes no SPEC", options->specs[0]);
	else if (options->domain || options->virt_type)
		say("the command 'host' writes no domain, so it takes no %s",
		    options->domain ? "--domain" : "--virt-type");
	else if (options->explain || options->capacity)
		say("the command 'host' plans nothing, so it takes no %s",
		    options->explain ? "--explain" : "--capacity");
	else if (options->format == FORMAT_XML)
		say("--format xml: a host is shown as text, json or svg");
	else
		return STATUS_DONE;
	return STATUS_BAD;
}

static enum status check_plan(struct raw *raw)
{
	struct options *options = raw->options;

	if (options->domain && !raw->has_format)
		options->format = FORMAT_XML;
	if (options->nspecs == 0)
		say("no SPEC; see vtune-place --help");
	else if (options->domain && options->format != FORMAT_XML)
		say("--domain writes a domain, so --format can only be xml");
	else if (options->virt_type && strcmp(options->virt_type, "kvm") != 0 &&
		 strcmp(options->virt_type, "qemu") != 0)
		say("--virt-type %s: the types are kvm and qemu", options->virt_type);
	else if (options->virt_type && options->domain)
		say("--virt-type: the domain given by --domain has its own type");
	else if (options->virt_type && options->format != FORMAT_XML)
		say("--virt-type is only for --format xml");
	else if (options->explain && options->format != FORMAT_TEXT)
		say("--explain is only for --format text");
	else if (options->capacity && options->format != FORMAT_TEXT &&
		 options->format != FORMAT_JSON)
		say("--capacity is told as text or json");
	else if (options->capacity && (options->nspecs > 1 || options->explain))
		say("--capacity takes one SPEC, and no --explain");
	else if (options->format == FORMAT_XML && options->nspecs > 1)
		say("%s: XML is one domain, so it takes one SPEC", options->specs[1]);
	else
		return STATUS_DONE;
	return STATUS_BAD;
}

static bool is_standard_input(const char *path)
{
	const char *colon;

	if (!path)
		return false;
	colon = strchr(path, ':');
	return strcmp(colon && strncmp(path, "synthetic:", 10) != 0 ? colon + 1 : path, "-") == 0;
}

static enum status check_standard_input(const struct options *options)
{
	int uses = is_standard_input(options->host);

	uses += options->state && strcmp(options->state, "-") == 0;
	uses += options->domain && strcmp(options->domain, "-") == 0;
	for (int i = 0; i < options->nspecs; i++)
		uses += strcmp(options->specs[i], "-") == 0;
	if (uses < 2)
		return STATUS_DONE;
	say("standard input (-) is given %d times, but can be read once", uses);
	return STATUS_BAD;
}

enum status options_parse(int argc, char **argv, struct options *options)
{
	struct raw raw = { .options = options };
	enum status status;
	int c;

	opterr = 0;
	options->action = ACTION_PLAN;
	while ((c = getopt_long(argc, argv, ":o:vqhV", known, NULL)) != -1) {
		if (c == ':' || c == '?')
			return bad_option(c, argv);
		status = read_option(&raw, c);
		if (status != STATUS_DONE || options->action != ACTION_PLAN)
			return status;
	}
	read_words(options, argc, argv);
	status = options->action == ACTION_HOST ? check_host(options) : check_plan(&raw);
	if (status != STATUS_DONE)
		return status;
	return check_standard_input(options);
}
