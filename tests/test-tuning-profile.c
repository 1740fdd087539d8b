/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host is for: the library's own profiles, and ones that users write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host-help.h"
#include "tuning/tuning.h"

static struct vtune__profile *profile_from(const char *settings)
{
	struct vtune__text text = { 0 };
	struct vtune_error *err = NULL;
	struct vtune__profile *profile;
	char *json;

	vtune__text_addf(&text, "{ 'version': 1, 'name': 'x', 'settings': { %s } }", settings);
	json = quoted(text.data);
	profile = vtune__profile_of(json, &err);
	if (!profile)
		fail_msg("at %s: %s", vtune_error_get_where(err), vtune_error_get_message(err));
	free(json);
	vtune__text_free(&text);
	return profile;
}

static const struct vtune__preference *find(const struct vtune__profile *profile, const char *name)
{
	const struct vtune__tune_check *check = vtune__tune_check_by_name(name);

	assert_non_null(check);
	return vtune__profile_find(profile, check);
}

static void assert_described(const struct vtune__preference *preference, int which,
			     const char *expected)
{
	struct vtune__text text = { 0 };

	vtune__preference_describe(preference, which, &text);
	assert_string_equal(text.data, expected);
	vtune__text_free(&text);
}

static void test_ranges(void **state)
{
	struct vtune__profile *profile = profile_from(
		"'halt-poll': { 'min': 10, 'max': 20, 'set': 15 }, "
		"'swappiness': { 'max': 5, 'set': 0 }, 'aio-max-nr': { 'min': 7, 'set': 8 }");
	const struct vtune__preference *poll = find(profile, "halt-poll");

	(void)state;
	assert_false(vtune__preference_likes(poll, -1, "9"));
	assert_true(vtune__preference_likes(poll, -1, "10"));
	assert_true(vtune__preference_likes(poll, -1, "20"));
	assert_false(vtune__preference_likes(poll, -1, "21"));
	assert_false(vtune__preference_likes(poll, -1, "x"));
	assert_string_equal(vtune__preference_set(poll, -1), "15");
	assert_described(poll, -1, "10 to 20");
	assert_described(find(profile, "swappiness"), -1, "at most 5");
	assert_described(find(profile, "aio-max-nr"), -1, "at least 7");
	assert_null(find(profile, "ksm"));
	vtune__profile_free(profile);
}

static void test_values(void **state)
{
	struct vtune__profile *profile = profile_from("'ksm': [ 2, 0 ], 'governor': 'performance'");

	(void)state;
	assert_true(vtune__preference_likes(find(profile, "ksm"), -1, "0"));
	assert_false(vtune__preference_likes(find(profile, "ksm"), -1, "1"));
	assert_string_equal(vtune__preference_set(find(profile, "ksm"), -1), "2");
	assert_described(find(profile, "ksm"), -1, "2 or 0");
	assert_described(find(profile, "governor"), -1, "performance");
	vtune__profile_free(profile);
}

static void test_cases(void **state)
{
	struct vtune__profile *profile = profile_from(
		"'numa-balancing': { 'floating': { 'min': 1, 'set': 1 } }, "
		"'thp': { 'huge-pages': 'never', 'ordinary-pages': [ 'always', 'madvise' ] }");
	const struct vtune__preference *balancing = find(profile, "numa-balancing");
	const struct vtune__preference *thp = find(profile, "thp");

	(void)state;
	assert_true(vtune__preference_likes(thp, 0, "never"));
	assert_false(vtune__preference_likes(thp, 0, "madvise"));
	assert_true(vtune__preference_likes(thp, 1, "madvise"));
	assert_true(vtune__preference_likes(thp, -1, "never"));
	assert_string_equal(vtune__preference_set(thp, 0), "never");
	assert_string_equal(vtune__preference_set(thp, 1), "always");
	assert_described(thp, 1, "always or madvise");
	assert_described(thp, -1, "never with huge-pages; always or madvise with ordinary-pages");
	/* Nothing is said of VMs that are pinned. */
	assert_true(vtune__preference_likes(balancing, 0, "0"));
	assert_null(vtune__preference_set(balancing, 0));
	assert_false(vtune__preference_likes(balancing, 1, "0"));
	vtune__profile_free(profile);
}

static void test_bad_documents(void **state)
{
	static const struct {
		const char *text, *where, *part;
	} bad[] = {
		{ "[]", "/", "object" },
		{ "{ 'name': 'x', 'settings': {} }", "/", "version" },
		{ "{ 'version': 2, 'name': 'x', 'settings': {} }", "/version", "1" },
		{ "{ 'version': 1, 'settings': {} }", "/", "name" },
		{ "{ 'version': 1, 'name': '', 'settings': {} }", "/name", "not be empty" },
		{ "{ 'version': 1, 'name': 'x' }", "/", "settings" },
		{ "{ 'version': 1, 'name': 'x', 'settings': [] }", "/settings", "object" },
		{ "{ 'version': 1, 'name': 'x', 'title': 3, 'settings': {} }", "/title", "string" },
		{ "{ 'version': 1, 'name': 'x', 'checks': {} }", "/checks", "settings" },
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'kswapd': 1 } }", "/settings/kswapd",
		  "there are halt-poll" },
		/* There is nothing to want of it. */
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'huge-pages': 1 } }",
		  "/settings/huge-pages", "no setting of this name" },
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'ksm': 3 } }", "/settings/ksm", "2" },
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'ksm': '1' } }", "/settings/ksm",
		  "number" },
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'ksm': true } }", "/settings/ksm",
		  "" },
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'ksm': null } }", "/settings/ksm",
		  "" },
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'ksm': [] } }", "/settings/ksm",
		  "empty list" },
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'ksm': [ 0, -1 ] } }",
		  "/settings/ksm/1", "number" },
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'thp': 'sometimes' } }",
		  "/settings/thp", "\"madvise\"" },
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'thp': {} } }", "/settings/thp",
		  "says nothing" },
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'thp': { 'pinned': 'never' } } }",
		  "/settings/thp/pinned", "huge-pages" },
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'thp': { 'huge-pages': 1 } } }",
		  "/settings/thp/huge-pages", "string" },
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'swappiness': { 'max': 5 } } }",
		  "/settings/swappiness", "set" },
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'swappiness': "
		  "{ 'min': 5, 'max': 4, 'set': 5 } } }",
		  "/settings/swappiness/max", "5" },
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'swappiness': "
		  "{ 'max': 4, 'set': 5 } } }",
		  "/settings/swappiness/set", "range" },
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'swappiness': "
		  "{ 'max': 300, 'set': 5 } } }",
		  "/settings/swappiness/max", "200" },
		{ "{ 'version': 1, 'name': 'x', 'settings': { 'swappiness': "
		  "{ 'set': 5, 'other': 1 } } }",
		  "/settings/swappiness/other", "min" },
	};

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(bad); i++) {
		struct vtune_tuning_options *options = vtune_tuning_options_new();
		char *json = quoted(bad[i].text);
		struct vtune_error *err = NULL;

		assert_int_equal(vtune_tuning_options_set_profile(options, json, &err), -1);
		if (vtune_error_get_code(err) != VTUNE_ERR_DOCUMENT ||
		    strcmp(vtune_error_get_where(err), bad[i].where) != 0 ||
		    !strstr(vtune_error_get_message(err), bad[i].part))
			fail_msg("%s: %d at \"%s\": %s", json, vtune_error_get_code(err),
				 vtune_error_get_where(err), vtune_error_get_message(err));
		vtune_error_free(err);
		free(json);
		vtune_tuning_options_free(options);
	}
}

/* Those of the library are those that are installed, and each can be had by its name. */
static void test_own_profiles(void **state)
{
	static const char *const names[] = { "latency", "throughput", "density", "realtime" };
	const char *srcdir = getenv("srcdir") ? getenv("srcdir") : ".";

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(names); i++) {
		struct vtune__profile *profile = vtune__profile_of(names[i], NULL);
		struct vtune__text path = { 0 };
		char *text;

		assert_non_null(profile);
		assert_string_equal(profile->name, names[i]);
		assert_non_null(profile->title);
		vtune__text_addf(&path, "%s/../data/profiles/%s.json", srcdir, names[i]);
		text = vtune__file_read(path.data, NULL);
		assert_non_null(text);
		assert_string_equal(text, vtune_tuning_get_profile(i));
		vtune__profile_free(profile);
		vtune__text_free(&path);
		free(text);
	}
	assert_null(vtune_tuning_get_profile(VTUNE__COUNT(names)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges),	     cmocka_unit_test(test_values),
		cmocka_unit_test(test_cases),	     cmocka_unit_test(test_bad_documents),
		cmocka_unit_test(test_own_profiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
