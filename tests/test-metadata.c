/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvtune keeps in a domain's metadata. */
#include "xml-help.h"

#include "domain/domain.h"

static const char *const domains[] = { "plain",	   "tuned",   "tabs",	    "odd-order",
				       "one-line", "backing", "only-pages", "conflicts",
				       "hotplug",  "latin1" };

static char *put(const char *xml, const struct vtune_plan *plan, const char *former)
{
	struct vtune_error *err = NULL;
	char *out = vtune__metadata_put(xml, plan, former, &err);

	if (!out)
		fail_msg("%s: %s in %s", vtune_error_get_where(err), vtune_error_get_message(err),
			 xml);
	assert_null(err);
	return out;
}

static char *former_of(const char *xml)
{
	struct vtune_error *err = NULL;
	char *former = vtune__metadata_former(xml, &err);

	assert_null(err);
	return former;
}

static void assert_plan(const char *xml, const struct vtune_plan *plan)
{
	struct vtune_error *err = NULL;
	struct vtune_plan *got = vtune__metadata_plan(xml, &err);
	char *wanted = vtune_plan_to_json(plan, NULL), *text;

	if (!got)
		fail_msg("%s in %s", vtune_error_get_message(err), xml);
	text = vtune_plan_to_json(got, NULL);
	assert_string_equal(text, wanted);
	free(text);
	free(wanted);
	vtune_plan_free(got);
}

static void check_domain(const char *domain, const struct vtune_plan *plan, const char *former)
{
	char *once = put(domain, plan, former);
	char *twice = put(once, plan, former);
	char *text = former_of(once);
	char *without = put(once, NULL, NULL);
	char *stripped = put(domain, NULL, NULL);

	assert_plan(once, plan);
	assert_string_equal(twice, once);
	assert_string_equal(text, former);
	assert_string_equal(without, stripped);
	free(stripped);
	free(without);
	free(text);
	free(twice);
	free(once);
}

/* All that is in it comes back, and nothing else changes. */
static void test_round_trip(void **state)
{
	struct vtune_plan *plan = help_plan("two-cells");

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(domains); i++) {
		char *domain = help_load("domains", domains[i], ".xml");
		char *other = help_load("domains", domains[(i + 1) % 9], ".xml");

		check_domain(domain, plan, other);
		free(other);
		free(domain);
	}
	vtune_plan_free(plan);
}

/* Without elements of ours the text is the same to the byte. */
static void test_nothing_to_take_out(void **state)
{
	(void)state;
	for (size_t i = 0; i + 1 < VTUNE__COUNT(domains); i++) {
		char *domain = help_load("domains", domains[i], ".xml");
		char *out = put(domain, NULL, NULL);

		assert_string_equal(out, domain);
		free(out);
		free(domain);
	}
}

static struct vtune_plan *tiny_plan(const char *vm)
{
	struct vtune_plan *plan = vtune__plan_new(vm, NULL);

	assert_non_null(plan);
	assert_int_equal(vtune__plan_add_reason(plan, NULL, "cpus", -1, -1, 4, 2, "none"), 0);
	return plan;
}

#define TINY                                                                                     \
	"{\"version\":1,\"vm\":\"a\",\"fits\":false,\"reasons\":[{\"code\":\"cpus\",\"need\":4," \
	"\"have\":2,\"text\":\"none\"}],\"would_fit\":[]}"
#define PLAN "<vtune:plan xmlns:vtune='urn:libvtune:plan:1'>" TINY "</vtune:plan>"
#define PLAN2 "<vtune:plan xmlns:vtune=\"urn:libvtune:plan:1\">" TINY "</vtune:plan>"
#define FORMER "<vtune:former xmlns:vtune='urn:libvtune:former:1'>&lt;domain/&gt;\n</vtune:former>"

/* What is where, byte for byte; NULL for in: the one of the row before. */
static void test_places(void **state)
{
	static const struct {
		const char *in, *former, *out;
	} rows[] = {
		{ "<domain/>\n", NULL,
		  "<domain>\n  <metadata>\n    " PLAN "\n  </metadata>\n</domain>\n" },
		{ "<domain>\n  <name>a</name>\n  <!-- b -->\n  <memory>1</memory>\n</domain>\n",
		  NULL,
		  "<domain>\n  <name>a</name>\n  <metadata>\n    " PLAN
		  "\n  </metadata>\n  <!-- b -->\n  <memory>1</memory>\n</domain>\n" },
		/* Others' elements stay, as they are written. */
		{ "<domain id=\"1\">\n\t<metadata>\n\t\t<o:x xmlns:o=\"urn:o\" b='1'><o:y/></o:x>\n"
		  "\t</metadata>\n</domain>",
		  NULL,
		  "<domain id=\"1\">\n\t<metadata>\n\t\t<o:x xmlns:o=\"urn:o\" b='1'><o:y/></o:x>\n"
		  "\t\t" PLAN2 "\n\t</metadata>\n</domain>" },
		{ "<domain><metadata/></domain>", NULL,
		  "<domain><metadata>" PLAN "</metadata></domain>" },
		/* Another prefix, or one that is declared elsewhere, is as good. */
		{ "<domain xmlns:p='urn:libvtune:plan:1'><metadata><p:plan>old</p:plan></metadata>"
		  "</domain>",
		  NULL,
		  "<domain xmlns:p='urn:libvtune:plan:1'><metadata><p:plan>" TINY
		  "</p:plan></metadata></domain>" },
		{ "<domain><metadata><plan xmlns='urn:libvtune:plan:1' a='b'>" TINY
		  "</plan></metadata>"
		  "</domain>",
		  NULL,
		  "<domain><metadata><plan xmlns='urn:libvtune:plan:1' a='b'>" TINY
		  "</plan></metadata></domain>" },
		/* The prefix is somebody else's. */
		{ "<domain><metadata xmlns:vtune='urn:x'><vtune:plan>1</vtune:plan></metadata>"
		  "</domain>",
		  NULL,
		  "<domain><metadata xmlns:vtune='urn:x'><vtune:plan>1</vtune:plan>" PLAN
		  "</metadata></domain>" },
		/* What is not as ours are goes, and all but one. */
		{ "<domain><metadata><q:plan xmlns:q='urn:libvtune:plan:1'><a/></q:plan>"
		  "<q:what xmlns:q='urn:libvtune:plan:1'>b</q:what></metadata></domain>",
		  NULL, "<domain><metadata>" PLAN "</metadata></domain>" },
		{ "<domain><metadata><q:plan xmlns:q='urn:libvtune:plan:1'/><o xmlns='urn:o'/>"
		  "<r:plan xmlns:r='urn:libvtune:plan:1'>c</r:plan></metadata></domain>",
		  NULL,
		  "<domain><metadata><q:plan xmlns:q='urn:libvtune:plan:1'>" TINY "</q:plan>"
		  "<o xmlns='urn:o'/></metadata></domain>" },
		{ "<domain>\n  <metadata>\n    " PLAN "\n  </metadata>\n</domain>\n", "<domain/>\n",
		  "<domain>\n  <metadata>\n    " PLAN "\n    " FORMER
		  "\n  </metadata>\n</domain>\n" },
		{ "<domain>\n  <metadata>\n    " PLAN "\n    " FORMER
		  "\n  </metadata>\n</domain>\n",
		  NULL, "<domain>\n  <metadata>\n    " PLAN "\n  </metadata>\n</domain>\n" },
		/* Deeper down, and in no namespace, nothing is ours. */
		{ "<domain><metadata><plan>1</plan><o xmlns='urn:o'><p xmlns='urn:libvtune:plan:1'>"
		  "2</p></o></metadata></domain>",
		  NULL,
		  "<domain><metadata><plan>1</plan><o xmlns='urn:o'><p xmlns='urn:libvtune:plan:1'>"
		  "2</p></o>" PLAN "</metadata></domain>" },
	};
	struct vtune_plan *plan = tiny_plan("a");

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		char *out = put(rows[i].in, plan, rows[i].former);

		assert_string_equal(out, rows[i].out);
		assert_plan(out, plan);
		free(out);
	}
	vtune_plan_free(plan);
}

/* The former definition is text: whatever is in it comes back as it was, its plan
 * too, except for the former definition that it carries itself. */
static void test_former(void **state)
{
	static const char *const rows[][2] = {
		{ "<domain/>", NULL },
		{ "<?xml version='1.0'?>\r\n<domain>\r\n\t<name>a&amp;b]]&gt;</name>\r\n</domain>"
		  "\r\n",
		  NULL },
		{ "<domain><!-- - > --><t><![CDATA[<&]]></t>\xc3\xa4\xf0\x9f\x90\xa7</domain>\n\n",
		  NULL },
		{ "<domain>\n  <name>a</name>\n  <metadata>\n    " PLAN "\n    " FORMER
		  "\n  </metadata>\n</domain>\n",
		  "<domain>\n  <name>a</name>\n  <metadata>\n    " PLAN
		  "\n  </metadata>\n</domain>\n" },
		{ "<domain><metadata><o xmlns='urn:o'/>" FORMER "</metadata></domain>",
		  "<domain><metadata><o xmlns='urn:o'/></metadata></domain>" },
	};

	(void)state;
	for (size_t i = 0; i < 3 * VTUNE__COUNT(rows); i++) {
		static const char *const into[] = { "<domain/>", "<domain>\r\n</domain>\r\n",
						    "<domain>\n  <metadata>\n    " PLAN
						    "\n  </metadata>\n</domain>" };
		const char *const *row = rows[i / 3];
		char *out = put(into[i % 3], NULL, row[0]);
		char *former = former_of(out);

		assert_string_equal(former, row[1] ? row[1] : row[0]);
		free(former);
		free(out);
	}
}

static void test_names(void **state)
{
	static const char *const names[] = { "a<b>&\"'c", "\xc3\xa4 \xe2\x82\xac", "]]>", "a\\b",
					     "%s" };

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(names); i++) {
		struct vtune_plan *plan = tiny_plan(names[i]);
		char *out = put("<domain/>", plan, NULL);

		assert_plan(out, plan);
		free(out);
		vtune_plan_free(plan);
	}
}

static void test_element(void **state)
{
	char *element = vtune__metadata_element("plan", TINY "<", NULL);

	(void)state;
	/* libvirt adds the namespace, and refuses one that is there already. */
	assert_string_equal(element, "<plan>" TINY "&lt;</plan>\n");
	free(element);
}

static void test_nothing_there(void **state)
{
	static const char *const rows[] = {
		"<domain/>",
		"<domain><metadata/></domain>",
		"<domain><metadata><plan>{}</plan></metadata></domain>",
		"<domain><x><metadata>" PLAN FORMER "</metadata></x></domain>",
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_error *err = NULL;

		assert_null(vtune__metadata_plan(rows[i], &err));
		assert_null(err);
		assert_null(former_of(rows[i]));
	}
}

static void test_unsound(void **state)
{
	static const char *const texts[] = { "", "nothing", "{}", "{\"version\":2}" };
	struct vtune_error *err = NULL;

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(texts); i++) {
		char xml[256];

		err = NULL;
		snprintf(xml, sizeof(xml),
			 "<domain><metadata><p xmlns='urn:libvtune:plan:1'>%s</p></metadata>"
			 "</domain>",
			 texts[i]);
		assert_null(vtune__metadata_plan(xml, &err));
		assert_non_null(strstr(vtune_error_get_message(err), "urn:libvtune:plan:1"));
		vtune_error_free(err);
	}
	err = NULL;
	assert_null(vtune__metadata_plan("<network/>", &err));
	help_error(err, VTUNE_ERR_DOCUMENT, "<network>");
	err = NULL;
	assert_null(vtune__metadata_put("<domain", NULL, NULL, &err));
	help_error(err, VTUNE_ERR_SYNTAX, "<domain>");
	err = NULL;
	assert_null(vtune__metadata_put("<domain/>", NULL, "<a b='urn:libvtune:former:1'/>", &err));
	help_error(err, VTUNE_ERR_DOCUMENT, "The former definition");
}

/* What a plan warns of is not what it sets. */
static void test_same_plan(void **state)
{
	struct vtune_plan *plan = help_plan("one-cell"), *other = help_plan("one-cell");
	char *ours, *theirs;

	(void)state;
	assert_int_equal(vtune__plan_warn(other, NULL, "no_rng", "text"), 0);
	ours = vtune__plan_to_compact_json(plan, NULL);
	theirs = vtune__plan_to_compact_json(other, NULL);
	assert_string_not_equal(ours, theirs);
	assert_int_equal(vtune__metadata_same_plan(ours, theirs, NULL), 1);
	free(theirs);
	other->schedule.bandwidth[VTUNE__BANDWIDTH_VCPU].quota = 5000;
	theirs = vtune__plan_to_compact_json(other, NULL);
	assert_int_equal(vtune__metadata_same_plan(ours, theirs, NULL), 0);
	assert_int_equal(vtune__metadata_same_plan(ours, "{}", NULL), 0);
	assert_int_equal(vtune__metadata_same_plan(ours, NULL, NULL), 0);
	free(theirs);
	free(ours);
	vtune_plan_free(other);
	vtune_plan_free(plan);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_plan),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_nothing_to_take_out),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_former),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_element),
		cmocka_unit_test(test_nothing_there),
		cmocka_unit_test(test_unsound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
