/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libxml/parser.h>

#include "picture-help.h"
#include "picture/svg.h"

static char *draw(const struct vtune_host *host, const struct vtune_plan *plan)
{
	struct vtune_error *err = NULL;
	char *text = plan ? vtune_plan_to_svg(plan, host, &err) : vtune_host_to_svg(host, &err);

	if (!text)
		fail_msg("%s", vtune_error_get_message(err));
	return text;
}

static unsigned int count(const char *text, const char *part)
{
	unsigned int found = 0;

	for (text = strstr(text, part); text; text = strstr(text + 1, part))
		found++;
	return found;
}

/* Well-formed, and with a title for each CPU. */
static void check(const char *text, unsigned int ncpus)
{
	xmlDocPtr doc = xmlReadMemory(text, (int)strlen(text), "picture.svg", NULL,
				      XML_PARSE_NONET | XML_PARSE_PEDANTIC);

	assert_non_null(doc);
	assert_string_equal((const char *)xmlDocGetRootElement(doc)->name, "svg");
	xmlFreeDoc(doc);
	assert_int_equal(count(text, "<title>CPU "), ncpus);
	assert_int_equal(count(text, "<svg "), 1);
	assert_non_null(strstr(text, " viewBox=\"0 0 "));
	assert_null(strstr(text, "<script"));
}

static void test_expected(void **state)
{
	static const struct {
		const char *host, *plan, *expected;
		unsigned int ncpus;
	} cases[] = {
		{ "host.json", NULL, "host.svg", 32 },
		{ "host.json", "dedicated.json", "dedicated.svg", 32 },
		{ "host.json", "mixed.json", "mixed.svg", 32 },
		{ "host.json", "remote.json", "remote.svg", 32 },
		{ "host.json", "refused.json", "refused.svg", 32 },
		{ "../hosts/gpu-server.json", "everything.json", "everything.svg", 64 },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(cases); i++) {
		struct vtune_host *host = picture_host(cases[i].host);
		struct vtune_plan *plan = cases[i].plan ? picture_plan(cases[i].plan) : NULL;
		char *text = draw(host, plan);

		check(text, cases[i].ncpus);
		assert_picture(text, cases[i].expected);
		free(text);
		vtune_plan_free(plan);
		vtune_host_free(host);
	}
}

/* From the smallest host to large ones: every size of a thread, SMT 1 to 8, many
 * groups, groups of one core. */
static void test_sizes(void **state)
{
	static const struct {
		const char *description;
		unsigned int ncpus;
		const char *part;
	} cases[] = {
		{ SMALL, 2, ">0</text>" },
		{ "Package:2 [NUMANode(memory=4GiB)] L3Cache:2 Core:4 PU:2", 32, ">L3</text>" },
		{ "Package:2 [NUMANode(memory=4GiB)] L3Cache:4 Core:4 PU:4", 128, ">L3</text>" },
		{ "Package:3 [NUMANode(memory=4GiB)] L3Cache:8 Core:1 PU:8", 192, "class=\"k\"" },
		{ "Package:4 [NUMANode(memory=4GiB)] L3Cache:6 Core:8 PU:2", 384, "L3 cache" },
		{ LARGE, 1920, ">Node 63<" },
		{ "Package:17 [NUMANode(memory=4GiB)] Core:300 PU:1", 5100, ">Node 16<" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(cases); i++) {
		struct vtune_host *host = picture_synthetic(cases[i].description);
		char *text = draw(host, NULL), *again = draw(host, NULL);

		check(text, cases[i].ncpus);
		assert_non_null(strstr(text, cases[i].part));
		assert_string_equal(text, again);
		free(text);
		free(again);
		vtune_host_free(host);
	}
}

/* The threads of a core of 200 stand in several lines, in a card as wide. */
static void test_wide_core(void **state)
{
	struct vtune_host *host =
		vtune_host_from_json("{\"version\":1,\"nodes\":[{\"id\":0,\"cpus\":\"0-199\","
				     "\"memory_kib\":4096}],\"cores\":[\"0-199\"]}",
				     NULL);
	char *text;

	(void)state;
	assert_non_null(host);
	text = draw(host, NULL);
	check(text, 200);
	free(text);
	vtune_host_free(host);
}

static void test_many_vms(void **state)
{
	struct vtune__text json = { 0 };
	struct vtune_host *host;
	char *text;

	(void)state;
	vtune__text_add(&json, "{\"version\":1,\"name\":\"full\",\"nodes\":[{\"id\":0,\"cpus\":"
			       "\"0-31\",\"memory_kib\":4096}],\"allocations\":[");
	for (unsigned int i = 0; i < 12; i++)
		vtune__text_addf(&json, "%s{\"vm\":\"vm%u\",\"cpus\":\"%u\"}", i ? "," : "", i, i);
	vtune__text_add(&json, "]}");
	assert_non_null(json.data);
	host = vtune_host_from_json(json.data, NULL);
	assert_non_null(host);
	text = draw(host, NULL);
	check(text, 32);
	assert_non_null(strstr(text, ">vm5</text>"));
	assert_null(strstr(text, ">vm6</text>"));
	assert_non_null(strstr(text, ">more VMs</text>"));
	assert_non_null(strstr(text, "<title>CPU 11: VM vm11</title>"));
	assert_non_null(strstr(text, "4 more VMs are here."));
	free(text);
	vtune_host_free(host);
	vtune__text_free(&json);
}

static void test_large_vm(void **state)
{
	struct vtune_host *host =
		picture_synthetic("Package:1 [NUMANode(memory=2GiB)] Core:200 PU:1");
	struct vtune_plan *plan = picture_plan_of(150);
	char *text = draw(host, plan);

	(void)state;
	check(text, 200);
	assert_non_null(strstr(text, "<title>CPU 149: vCPU 149 of vm</title>"));
	assert_non_null(strstr(text, ">149</text>"));
	free(text);
	vtune_plan_free(plan);
	vtune_host_free(host);
}

static void test_errors(void **state)
{
	struct vtune_host *host = picture_synthetic(SMALL);
	struct vtune_plan *plan = picture_plan("remote.json");
	struct vtune_error *err = NULL;

	(void)state;
	assert_null(vtune_plan_to_svg(plan, host, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_NOT_VALID);
	vtune_error_free(err);
	err = NULL;
	assert_null(vtune_host_to_svg(NULL, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	err = NULL;
	assert_null(vtune_plan_to_svg(NULL, host, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	err = NULL;
	assert_null(vtune_plan_to_svg(plan, NULL, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	vtune_plan_free(plan);
	vtune_host_free(host);
}

static void draw_real(const struct vtune_host *host)
{
	char *text = draw(host, NULL);

	check(text, vtune__set_count(&host->topology->cpus));
	free(text);
}

static void test_real_machines(void **state)
{
	(void)state;
	picture_each_shared(draw_real);
}

#define BAD "\xef\xbf\xbd" /* U+FFFD */

static void test_escape(void **state)
{
	static const struct {
		const char *text, *escaped;
	} cases[] = {
		{ "", NULL },
		{ "plain", "plain" },
		{ "<a b=\"c\" d='e'>&amp;", "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;" },
		{ "]]>", "]]&gt;" },
		{ "\t\n\r", "\t\n\r" },
		{ "a\x01z\x1f", "a" BAD "z" BAD },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7" },
		{ "\x80z", BAD "z" },			 /* stray */
		{ "\xc3", BAD },			 /* cut off */
		{ "\xe2\x82", BAD BAD },		 /* cut off */
		{ "\xc0\xaf", BAD BAD },		 /* too long for "/" */
		{ "\xe0\x80\xaf", BAD BAD BAD },	 /* likewise */
		{ "\xed\xa0\x80", BAD BAD BAD },	 /* a surrogate */
		{ "\xef\xbf\xbe", BAD BAD BAD },	 /* not a character */
		{ "\xf4\x90\x80\x80", BAD BAD BAD BAD }, /* above U+10FFFF */
		{ "\xf5\x80\x80\x80", BAD BAD BAD BAD },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(cases); i++) {
		struct vtune__text out = { 0 };

		vtune__svg_escape(&out, cases[i].text);
		if (cases[i].escaped)
			assert_string_equal(out.data, cases[i].escaped);
		else
			assert_int_equal(out.length, 0);
		vtune__text_free(&out);
	}
}

static void test_fitted_text(void **state)
{
	struct vtune__text out = { 0 };

	(void)state;
	vtune__svg_text(&out, 1, 2, "dim", "a < b and much more", vtune__svg_width(6, 12), 12);
	assert_string_equal(out.data, "<text x=\"1\" y=\"2\" class=\"dim\">a &lt; \xe2\x80\xa6"
				      "</text>\n");
	vtune__text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expected),      cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_wide_core),     cmocka_unit_test(test_many_vms),
		cmocka_unit_test(test_large_vm),      cmocka_unit_test(test_errors),
		cmocka_unit_test(test_escape),	      cmocka_unit_test(test_fitted_text),
		cmocka_unit_test(test_real_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
