/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hwloc XML that is damaged: an error that says where, and nothing printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "host-help.h"

static char *text_of(const char *name)
{
	struct vtune__text path = { 0 };
	char *text;

	vtune__text_addf(&path, "%s/data/hwloc/%s", getenv("srcdir") ? getenv("srcdir") : ".",
			 name);
	text = vtune__file_read(path.data, NULL);
	assert_non_null(text);
	vtune__text_free(&path);
	return text;
}

/* The text with the first "old" behind "from" replaced. */
static char *changed(const char *text, const char *from, const char *old, const char *new)
{
	struct vtune__text out = { 0 };
	const char *place = strstr(text, from);

	place = place ? strstr(place, old) : NULL;
	if (!place)
		fail_msg("no \"%s\" behind \"%s\"", old, from);
	vtune__text_add_bytes(&out, text, (size_t)(place - text));
	vtune__text_add(&out, new);
	vtune__text_add(&out, place + strlen(old));
	assert_false(out.failed);
	return out.data;
}

/* Standard error of what runs in between: its length. */
static int saved_stderr;
static FILE *captured;

static void capture(void)
{
	captured = tmpfile();
	assert_non_null(captured);
	fflush(stderr);
	saved_stderr = dup(2);
	dup2(fileno(captured), 2);
}

static long captured_bytes(void)
{
	long length;

	fflush(stderr);
	dup2(saved_stderr, 2);
	close(saved_stderr);
	fseek(captured, 0, SEEK_END);
	length = ftell(captured);
	fclose(captured);
	return length;
}

struct damage {
	const char *from, *old, *new;
	enum vtune_error_code code;
	const char *part;
};

static void check(const char *text, enum vtune_error_code code, const char *part)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host;
	long printed;

	capture();
	host = vtune_host_from_hwloc_xml(text, &err);
	printed = captured_bytes();
	assert_int_equal(printed, 0);
	if (host)
		fail_msg("accepted, expected \"%s\"", part);
	if (vtune_error_get_code(err) != (int)code || !strstr(vtune_error_get_message(err), part))
		fail_msg("expected %d with \"%s\", got %d: %s", code, part,
			 vtune_error_get_code(err), vtune_error_get_message(err));
	vtune_error_free(err);
	assert_null(vtune_host_from_hwloc_xml(text, NULL));
}

static void test_damage(void **state)
{
	static const struct damage rows[] = {
		{ "<topology", "<topology", "<domain", 3, "must be <topology>" },
		{ "<topology", "version=\"2.0\"", "version=\"77.0\"", 3, "cannot load" },
		{ "</topology>", "</topology>", "", 2, "ends before </topology>" },
		{ "</topology>", "</topology>", "</topology><a/>", 2, "behind </topology>" },
		{ "</topology>", "</topology>", "</topology></a>", 2, "no opening one" },
		{ "</topology>", "</topology>", "</topologies>", 2, "does not match" },
		{ "</topology>", "</topology>", "<object type=\"Machine\"/></topology>", 3,
		  "second <object>" },
		{ "</distances2>", "</distances2>", "</distance>", 2, "does not match" },
		{ "<indexes", "<indexes", "< indexes", 2, "must begin a tag" },
		{ "<info", "<info", "<object <info", 2, "must begin a tag" },
		{ "type=\"PU\"", " os_index=", " os_index", 2, "must be name=" },
		{ "type=\"PU\"", " os_index=\"0\"", " os_index=\"0", 2, "no end" },
		{ "type=\"PU\"", "os_index=\"0\"", "os_index=\"zero\"", 3, "at most 16383" },
		{ "type=\"PU\"", "os_index=\"0\"", "os_index=\"99999\"", 3, "at most 16383" },
		{ "type=\"PU\"", "os_index=\"0\"", "os_index=\"\"", 3, "at most 16383" },
		{ "type=\"PU\"", "os_index=\"0\"", "", 3, "at most 16383" },
		{ "NUMANode", "os_index=\"0\"", "os_index=\"4096\"", 3, "at most 4095" },
		{ "type=\"PU\"", " complete_cpuset=", " full_cpuset=", 3, "must have a cpuset" },
		{ "type=\"PU\"", "cpuset=\"0x00000001\"", "cpuset=\"Core\"", 3,
		  "must have a cpuset" },
		{ "type=\"PU\"", "complete_cpuset=\"0x00000001\"", "complete_cpuset=\"0x/0000001\"",
		  3, "must have a cpuset" },
		{ "bridge_type", "<object type=\"PCIDev\"",
		  "<object type=\"Group\"/><object type=\"PCIDev\"", 3, "inside a device" },
		{ "NUMANode", "complete_nodeset=\"0x00000001\"", "", 3, "must have a cpuset" },
		{ "type=\"Package\"", "complete_cpuset=\"0x00000033\"",
		  "complete_cpuset=\"0x00000030\"", 3, "lower CPU than the one before" },
		{ "type=\"PU\"", "complete_cpuset=\"0x00000001\"",
		  "complete_cpuset=\"0x00000001,,0x0\"", 3, "lower CPU than the one before" },
		{ "type=\"PU\"", "complete_cpuset=\"0x00000001\"", "complete_cpuset=\"0x0\"", 3,
		  "lower CPU than the one before" },
		{ "distances2", "nbobjs=\"2\"", "nbobjs=\"65536\"", 3, "at most 16384" },
		{ "distances2", "nbobjs=\"2\"", "nbobjs=\"3\"", 3, "cannot load" },
		{ "<info", "<info", "<note><object/></note><info", 3, "may only stand in" },
		{ "<!DOCTYPE", "hwloc2.dtd\"", "hwloc2.dtd\" [<!ENTITY a \"b\">]", 2,
		  "must not declare" },
		{ "<?xml", "<?xml", "<!-- <?xml", 2, "has no end" },
		{ "<?xml", "<?xml", "x<?xml", 2, "not XML" },
	};
	char *text = text_of("two-node.xml");

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		char *bad = changed(text, rows[i].from, rows[i].old, rows[i].new);

		check(bad, rows[i].code, rows[i].part);
		free(bad);
	}
	free(text);
}

static void test_not_xml(void **state)
{
	(void)state;
	check("", VTUNE_ERR_SYNTAX, "it is empty");
	check(" \t\r\n", VTUNE_ERR_SYNTAX, "it is empty");
	check("hello", VTUNE_ERR_SYNTAX, "not XML");
	check("{ \"version\": 1 }", VTUNE_ERR_SYNTAX, "not XML");
	check("<", VTUNE_ERR_SYNTAX, "must begin a tag");
	check("<topology", VTUNE_ERR_SYNTAX, "must begin a tag");
	check("<?xml version=\"1.0\"?>", VTUNE_ERR_SYNTAX, "no <topology>");
	check("<!-- only -->", VTUNE_ERR_SYNTAX, "no <topology>");
	check("<topology/>", VTUNE_ERR_DOCUMENT, "no PU");
	check("<topology version=\"2.0\"></topology>", VTUNE_ERR_DOCUMENT, "no PU");
	check("<topology version=\"2.0\"><object type=\"PU\" os_index=\"0\" cpuset=\"0x1\" "
	      "complete_cpuset=\"0x1\" nodeset=\"0x1\" complete_nodeset=\"0x1\"/></topology>",
	      VTUNE_ERR_DOCUMENT, "no NUMANode");
	check("<topology><object type=\"PU\" os_index=\"0\"/></topology>", VTUNE_ERR_DOCUMENT,
	      "must have a cpuset");
}

static void test_too_deep(void **state)
{
	struct vtune__text text = { 0 };
	int i;

	(void)state;
	vtune__text_add(&text, "<topology>");
	for (i = 0; i < 100000; i++)
		vtune__text_add(&text, "<object type=\"Misc\">");
	check(text.data, VTUNE_ERR_DOCUMENT, "more than 128 deep");
	vtune__text_free(&text);
}

static void test_place(void **state)
{
	struct vtune_error *err = NULL;

	(void)state;
	assert_null(vtune_host_from_hwloc_xml("<topology>\n\n<object type=\"PU\" os_index=\"x\"/>",
					      &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "line 3", "line 3: the os_index of a PU");
}

/* Every text that is cut short is an error, and prints nothing. */
static void test_truncated(void **state)
{
	char *text = text_of("two-node.xml");
	size_t length = strlen(text) - strlen("\n</topology>\n") - 1;

	(void)state;
	capture();
	for (; length > 0; length -= length > 7 ? 7 : length) {
		struct vtune_error *err = NULL;

		text[length] = '\0';
		if (vtune_host_from_hwloc_xml(text, &err))
			break;
		vtune_error_free(err);
	}
	assert_int_equal(captured_bytes(), 0);
	assert_int_equal(length, 0);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damage),	  cmocka_unit_test(test_not_xml),
		cmocka_unit_test(test_too_deep),  cmocka_unit_test(test_place),
		cmocka_unit_test(test_truncated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
