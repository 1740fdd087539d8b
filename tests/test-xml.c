/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML: reading, and changing it without a trace elsewhere. */
#include <libxml/globals.h>
#include <libxml/parser.h>

#include "base/xml.h"
#include "xml-help.h"

static struct _xmlDoc *parse(const char *text)
{
	struct vtune_error *err = NULL;
	struct _xmlDoc *doc = vtune__xml_parse(text, "a", &err);

	if (!doc)
		fail_msg("%s", vtune_error_get_message(err));
	assert_null(err);
	return doc;
}

static struct _xmlDoc *follow(const char *text)
{
	struct _xmlDoc *doc = parse(text);

	vtune__xml_follow(doc, text);
	return doc;
}

/* Print it, compare, and free it. */
static void expect(struct _xmlDoc *doc, const char *text, const char *expected)
{
	struct vtune_error *err = NULL;
	char *out = vtune__xml_print(doc, text, &err);

	assert_non_null(out);
	assert_string_equal(out, expected);
	free(out);
	vtune__xml_free(&doc);
	assert_null(doc);
}

static void test_read(void **state)
{
	static const char text[] = "<?xml version='1.0'?>\n"
				   "<!-- c --><a x='1' e='' n:x='2' xmlns:n='urn:n'>\n"
				   " <b>one<c/>two</b><n:d/><d/><b k='&lt;&#x41;'/></a>";
	struct _xmlDoc *doc = parse(text);
	struct _xmlNode *a = vtune__xml_root(doc), *b;
	char *string;

	(void)state;
	assert_string_equal(vtune__xml_name(a), "a");
	b = vtune__xml_child(a, NULL);
	assert_string_equal(vtune__xml_name(b), "b");
	assert_ptr_equal(vtune__xml_child(a, "b"), b);
	assert_null(vtune__xml_child(a, "c"));
	assert_null(vtune__xml_child(a, "bb"));
	assert_string_equal(vtune__xml_name(vtune__xml_next(b, NULL)), "d");
	/* Not the one of another namespace. */
	assert_null(vtune__xml_attribute(vtune__xml_child(a, "d"), "none"));
	assert_ptr_equal(vtune__xml_next(vtune__xml_child(a, "d"), NULL), vtune__xml_next(b, "b"));
	assert_null(vtune__xml_next(vtune__xml_next(b, "b"), "b"));
	assert_ptr_equal(vtune__xml_path(a, "b"), b);
	assert_string_equal(vtune__xml_name(vtune__xml_path(a, "b/c")), "c");
	assert_null(vtune__xml_path(a, "b/c/d"));
	assert_null(vtune__xml_path(a, "bc"));
	assert_null(vtune__xml_path(a, "x/c"));
	string = vtune__xml_attribute(a, "x");
	assert_string_equal(string, "1");
	free(string);
	string = vtune__xml_text(b);
	assert_string_equal(string, "onetwo");
	free(string);
	assert_string_equal(vtune__xml_peek(a, "x"), "1");
	assert_string_equal(vtune__xml_peek(a, "e"), "");
	assert_null(vtune__xml_peek(a, "n"));
	assert_string_equal(vtune__xml_peek(vtune__xml_next(b, "b"), "k"), "<A");
	vtune__xml_free(&doc);
}

static void test_uint(void **state)
{
	static const struct {
		const char *value;
		uint64_t max, number;
		bool good;
	} rows[] = {
		{ "0", 0, 0, true },
		{ "1", 0, 0, false },
		{ "7", 7, 7, true },
		{ "8", 7, 0, false },
		{ "007", 10, 7, true },
		{ "10", 9, 0, false },
		{ "255", 255, 255, true },
		{ "256", 255, 0, false },
		{ "", 9, 0, false },
		{ " 1", 9, 0, false },
		{ "1 ", 9, 0, false },
		{ "+1", 9, 0, false },
		{ "-1", 9, 0, false },
		{ "0x1", 9, 0, false },
		{ "1.0", 9, 0, false },
		{ "18446744073709551615", UINT64_MAX, UINT64_MAX, true },
		{ "18446744073709551616", UINT64_MAX, 0, false },
		{ "99999999999999999999999", UINT64_MAX, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_error *err = NULL;
		struct _xmlDoc *doc;
		uint64_t number = 77, peeked = 77;
		char text[64];

		snprintf(text, sizeof(text), "<a>\n<b/>\n<b n='%s'/></a>", rows[i].value);
		doc = parse(text);
		assert_int_equal(vtune__xml_uint(vtune__xml_child(vtune__xml_root(doc), "b"), "n",
						 9, &number, &err),
				 -1);
		assert_string_equal(vtune_error_get_where(err), "/a/b[1]");
		help_error(err, VTUNE_ERR_DOCUMENT, "Line 2: <b> has no attribute \"n\"");
		err = NULL;
		if (vtune__xml_uint(vtune__xml_next(vtune__xml_child(vtune__xml_root(doc), "b"),
						    "b"),
				    "n", rows[i].max, &number, &err) < 0) {
			assert_false(rows[i].good);
			assert_int_equal(number, 77);
			help_error(err, VTUNE_ERR_DOCUMENT, "of <b> must be a whole number of at");
		} else {
			assert_true(rows[i].good);
			assert_int_equal(number, rows[i].number);
			assert_true(vtune__xml_peek_uint(
				vtune__xml_path(vtune__xml_root(doc), "b")->next->next, "n",
				&peeked));
			assert_int_equal(peeked, number);
		}
		vtune__xml_free(&doc);
	}
}

/* What is not changed comes out as it went in. */
static void test_follow(void **state)
{
	static const char *const texts[] = {
		"<a/>",
		"<a />",
		"<a></a>",
		"<a\n\tx = '1'\n\ty=\"'>'\" >t</a>\n\n",
		("\xEF\xBB\xBF<?xml version=\"1.0\" encoding='utf-8'?>\r\n<!-- <a> -->\r\n"
		 "<?pi <a>?>\r\n<a>\r\n</a>\r\n<!-- > -->\r\n<?pi?>"),
		"<a><!-- <b> ' - - ><![CDATA[ --><![CDATA[</a>]]]]><![CDATA[>]]>t<?p > ?></a>",
		"<a>&#65;&gt;>&apos;'\"&quot;&amp;lt;<b x='&#10;&quot;\t'></b></a>",
		"<a><n:b xmlns:n='urn:n' n:x=\"1\"><c xmlns=''/></n:b></a>",
		"<?xml version='1.0' encoding='US-ASCII'?><a/>",
		"<a>\n<b/>\n\n\n <b/></a><!-- end -->",
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(texts); i++)
		expect(follow(texts[i]), texts[i], texts[i]);
}

/* The application's settings of libxml2 are not ours. */
static void test_global_settings(void **state)
{
	static const char text[] = "<a>\n  <b/>\n</a>\n";
	int blanks = xmlKeepBlanksDefault(0), entities = xmlSubstituteEntitiesDefault(1);
	int indent = xmlIndentTreeOutput;

	(void)state;
	xmlIndentTreeOutput = 1;
	expect(follow(text), text, text);
	xmlIndentTreeOutput = indent;
	xmlKeepBlanksDefault(blanks);
	xmlSubstituteEntitiesDefault(entities);
}

static void test_attributes(void **state)
{
	static const char text[] =
		"<a><b  x='1' n:x=\"o'\" xmlns:n='urn:n' xmlns='urn:d' e=''/></a>";
	struct _xmlDoc *doc = follow(text);
	struct _xmlNode *b = vtune__xml_child(vtune__xml_root(doc), NULL);
	struct vtune__set set VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune_error *err = NULL;

	(void)state;
	/* The same values leave no trace. */
	assert_int_equal(vtune__xml_set(b, "x", "1", NULL), 0);
	assert_int_equal(vtune__xml_set(b, "e", "", NULL), 0);
	assert_int_equal(vtune__xml_set_uint(b, "x", 1, NULL), 0);
	vtune__xml_unset(b, "y");
	expect(doc, text, text);

	doc = follow(text);
	b = vtune__xml_child(vtune__xml_root(doc), NULL);
	assert_int_equal(vtune__xml_set(b, "x", "<'\"&>", NULL), 0);
	assert_int_equal(vtune__xml_set_uint(b, "y", UINT64_MAX, NULL), 0);
	assert_int_equal(vtune__set_add_range(&set, 3, 5), 0);
	assert_int_equal(vtune__xml_set_of(b, "z", &set, NULL), 0);
	vtune__xml_unset(b, "e");
	assert_int_equal(vtune__xml_set(b, "x2", "\x02", &err), -1);
	help_error(err, VTUNE_ERR_INVALID, "text for <b> has a character");
	expect(doc, text,
	       "<a><b x=\"&lt;'&quot;&amp;&gt;\" n:x=\"o'\" y='18446744073709551615' z='3-5'"
	       " xmlns:n='urn:n' xmlns='urn:d'/></a>");
}

/* New attributes have the quotes of the first one in the source. */
static void test_quotes(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{ "<a x=\"'\"><b y='\"'/></a>", "<a x=\"'\"><b y=\"&quot;\" z=\"1\"/></a>" },
		{ "<a x='\"'><b y=\"1\"/></a>", "<a x='\"'><b y='1' z='1'/></a>" },
		{ "<a><b y=\"1\"/></a>", "<a><b y='1' z='1'/></a>" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct _xmlDoc *doc = follow(rows[i].text);

		assert_int_equal(vtune__xml_set(vtune__xml_child(vtune__xml_root(doc), "b"), "z",
						"1", NULL),
				 0);
		expect(doc, rows[i].text, rows[i].expected);
	}
}

static void test_text(void **state)
{
	static const char text[] = "<a><b>one</b><c/><d>x<!-- k --><![CDATA[y]]></d></a>";
	struct _xmlDoc *doc = follow(text);
	struct _xmlNode *a = vtune__xml_root(doc);
	struct vtune_error *err = NULL;

	(void)state;
	assert_int_equal(vtune__xml_set_text(vtune__xml_child(a, "b"), "one", NULL), 0);
	assert_int_equal(vtune__xml_set_text(vtune__xml_child(a, "b"), "\xff", &err), -1);
	help_error(err, VTUNE_ERR_INVALID, "text for <b>");
	assert_int_equal(vtune__xml_set_text(vtune__xml_child(a, "c"), "<&>\"'\n", NULL), 0);
	assert_int_equal(vtune__xml_set_text(vtune__xml_child(a, "d"), "xy", NULL), 0);
	expect(doc, text,
	       "<a><b>one</b><c>&lt;&amp;&gt;\"'\n</c><d>x<!-- k --><![CDATA[y]]></d></a>");
	doc = follow(text);
	assert_int_equal(vtune__xml_set_text(vtune__xml_path(vtune__xml_root(doc), "d"), "z", NULL),
			 0);
	expect(doc, text, "<a><b>one</b><c/><d><!-- k -->z</d></a>");
}

/* Where a new <m/> goes among its siblings. */
static void test_ensure(void **state)
{
	static const char *const order[] = { "k", "l", "m", "n", NULL };
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{ "<a>\n  <m/>\n</a>", "<a>\n  <m/>\n</a>" },
		{ "<a/>", "<a>\n  <m/>\n</a>" },
		{ "<a x='1'>\n\n</a>", "<a x='1'>\n  <m/>\n</a>" },
		{ "<a>\n\t<l/>\n\t<n/>\n</a>", "<a>\n\t<l/>\n\t<m/>\n\t<n/>\n</a>" },
		{ "<a>\n<l/>\n</a>", "<a>\n<l/>\n<m/>\n</a>" },
		{ "<a><k/><l/><n/></a>", "<a><k/><l/><m/><n/></a>" },
		{ "<a><n/></a>", "<a><m/><n/></a>" },
		{ "<a>\n  <n/>\n</a>", "<a>\n  <m/>\n  <n/>\n</a>" },
		{ "<a>\n\n  <n/>\n</a>", "<a>\n\n  <m/>\n  <n/>\n</a>" },
		{ "<a>\n  <n/>\n  <k/>\n</a>", "<a>\n  <n/>\n  <k/>\n  <m/>\n</a>" },
		{ "<a>\n  <x/>\n  <k/>\n  <x/>\n</a>",
		  "<a>\n  <x/>\n  <k/>\n  <m/>\n  <x/>\n</a>" },
		{ "<a>\n  <x/>\n</a>", "<a>\n  <x/>\n</a>" /* see below */ },
		{ "<a>\n  <l/> <!-- l --><!-- 2 -->\n  <n/>\n</a>",
		  "<a>\n  <l/> <!-- l --><!-- 2 -->\n  <m/>\n  <n/>\n</a>" },
		{ "<a>\n  <l/>\n  <!-- n -->\n  <n/>\n</a>",
		  "<a>\n  <l/>\n  <m/>\n  <!-- n -->\n  <n/>\n</a>" },
		{ "<a>\n  <!-- head -->\n</a>", "<a>\n  <!-- head -->\n  <m/>\n</a>" },
		{ "<a>\n  <!-- n -->\n  <n/>\n</a>", "<a>\n  <m/>\n  <!-- n -->\n  <n/>\n</a>" },
		{ "<a>text</a>", "<a><m/>text</a>" },
		{ "<a>text\n  <n/>\n</a>", "<a><m/>text\n  <n/>\n</a>" },
		{ "<a xmlns:o='urn:o'>\n  <o:m/>\n  <n/>\n</a>",
		  "<a xmlns:o='urn:o'>\n  <m/>\n  <o:m/>\n  <n/>\n</a>" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct _xmlDoc *doc = follow(rows[i].text);
		struct _xmlNode *a = vtune__xml_root(doc), *m;

		/* Names that are in no order come after all that are. */
		m = vtune__xml_ensure(a, strstr(rows[i].expected, "<m/>") ? "m" : "x", order, NULL);
		assert_non_null(m);
		assert_ptr_equal(vtune__xml_child(a, vtune__xml_name(m)), m);
		expect(doc, rows[i].text, rows[i].expected);
	}
}

/* Deeper down the step is that of the root's children. */
static void test_ensure_deep(void **state)
{
	static const char *const order[] = { "m", NULL };
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{ "<a>\n   <b/>\n</a>", "<a>\n   <b>\n      <m/>\n   </b>\n</a>" },
		{ "<a>\n\t<b x='1' >\n\t</b>\n</a>", "<a>\n\t<b x='1' >\n\t\t<m/>\n\t</b>\n</a>" },
		{ "<a>\n<b/>\n</a>", "<a>\n<b>\n<m/>\n</b>\n</a>" },
		{ "<a><b/></a>", "<a><b><m/></b></a>" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct _xmlDoc *doc = follow(rows[i].text);

		assert_non_null(vtune__xml_ensure(vtune__xml_path(vtune__xml_root(doc), "b"), "m",
						  order, NULL));
		expect(doc, rows[i].text, rows[i].expected);
	}
}

static void test_remove(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{ "<a>\n  <k/>\n  <b/>\n  <k/>\n</a>", "<a>\n  <k/>\n  <k/>\n</a>" },
		{ "<a>\n  <b/>\n</a>", "<a>\n</a>" },
		{ "<a><b/></a>", "<a></a>" },
		{ "<a>\n  <k/>\n  <b/> <!-- c -->\n</a>", "<a>\n  <k/>\n  <!-- c -->\n</a>" },
		{ "<a>\n  <b/><!-- c -->\n</a>", "<a>\n  <!-- c -->\n</a>" },
		{ "<a>text <b/> text</a>", "<a>text  text</a>" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct _xmlDoc *doc = follow(rows[i].text);

		vtune__xml_remove(vtune__xml_child(vtune__xml_root(doc), "b"));
		expect(doc, rows[i].text, rows[i].expected);
	}
}

static void test_remove_empty(void **state)
{
	static const char text[] = "<a><b> \n</b><b> x</b><b><!-- c --></b><b><c/></b><b/></a>";
	struct _xmlDoc *doc = follow(text);
	struct _xmlNode *b = vtune__xml_child(vtune__xml_root(doc), "b"), *next;

	(void)state;
	vtune__xml_remove_empty(NULL);
	for (; b; b = next) {
		next = vtune__xml_next(b, "b");
		vtune__xml_remove_empty(b);
	}
	expect(doc, text, "<a><b> x</b><b><!-- c --></b><b><c/></b></a>");
}

static void test_list(void **state)
{
	static const char *const order[] = { "k", "v", NULL };
	static const char text[] =
		"<a>\n  <k/>\n  <v i='3'/> <!-- 3 -->\n  <v i='9'/>\n"
		"  <v i='1'/>\n  <v i='3' second=''/>\n  <v/>\n  <w i='0'/>\n</a>";
	struct vtune__set keep VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune__xml_list list VTUNE__CLEANUP(
		vtune__xml_list_free) = { .name = "v", .key = "i", .order = order };
	struct _xmlDoc *doc = follow(text);

	(void)state;
	list.parent = vtune__xml_root(doc);
	assert_int_equal(vtune__set_add_range(&keep, 0, 4), 0);
	assert_int_equal(vtune__xml_list_keep(&list, &keep, NULL), 0);
	for (unsigned int i = 0; i < 5; i++)
		assert_non_null(vtune__xml_list_at(&list, i, NULL));
	expect(doc, text,
	       "<a>\n  <k/>\n  <v i='0'/>\n  <v i='3'/> <!-- 3 -->\n  <v i='4'/>\n  <v i='1'/>\n"
	       "  <v i='2'/>\n  <w i='0'/>\n</a>");
}

static void test_new(void **state)
{
	static const char *const order[] = { "b", "c", NULL };
	struct _xmlDoc *doc = vtune__xml_new("a", NULL);
	struct _xmlNode *a = vtune__xml_root(doc), *b;

	(void)state;
	b = vtune__xml_ensure(a, "b", order, NULL);
	assert_non_null(vtune__xml_ensure(b, "c", order, NULL));
	b = vtune__xml_ensure(a, "c", order, NULL);
	assert_int_equal(vtune__xml_set_text(b, "1 < 2", NULL), 0);
	expect(doc, NULL, "<a>\n  <b>\n    <c/>\n  </b>\n  <c>1 &lt; 2</c>\n</a>\n");
}

/* What cannot be copied is written in libxml2's style. */
static void test_other_encodings(void **state)
{
	static const char latin[] = "<?xml version='1.0' encoding='ISO-8859-1'?>\n\n"
				    "<a x='\xe4'><b></b></a>\n";
	static const char lie[] = "<?xml version='1.0' encoding='UTF-8'?><a/>";
	struct vtune_error *err = NULL;
	struct _xmlDoc *doc = follow(latin);

	(void)state;
	expect(doc, latin,
	       "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<a x=\"\xe4\"><b/></a>\n");
	/* A document that is not the text's, and one whose encoding has zero bytes. */
	doc = parse("<a><b/></a>");
	vtune__xml_follow(doc, lie);
	expect(doc, lie, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a><b/></a>\n");
	doc = parse(lie);
	xmlFree((xmlChar *)doc->encoding);
	doc->encoding = xmlStrdup((const xmlChar *)"UTF-16");
	assert_null(vtune__xml_print(doc, lie, &err));
	help_error(err, VTUNE_ERR_UNSUPPORTED, "UTF-16");
	vtune__xml_free(&doc);
}

/* The walk side by side notices whatever differs. */
static void test_follow_mismatch(void **state)
{
	static const char *const others[] = {
		"<b/>",
		"<a>",
		"<a><b>",
		"<a></a>",
		"<a><c/>t<!--c--></a>",
		"<a><b/>t</a>",
		"<a><b/>t<!--",
		"<a><b/><c/>",
		"<a><b/>t<!--c--><?p?>",
		"",
		"</a>",
		"<a><b></b>t<!--c--><d/></a>",
		"<!-- <a>",
		"<a><b/><![CDATA[x]]></a>",
		"<a x='>",
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(others); i++) {
		struct _xmlDoc *doc = parse("<a><b/>t<!--c--></a>");

		vtune__xml_follow(doc, others[i]);
		expect(doc, others[i],
		       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a><b/>t<!--c--></a>\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_uint),
		cmocka_unit_test(test_follow),
		cmocka_unit_test(test_global_settings),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_ensure),
		cmocka_unit_test(test_ensure_deep),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_remove_empty),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_new),
		cmocka_unit_test(test_other_encodings),
		cmocka_unit_test(test_follow_mismatch),
	};

	return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
