/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML while memory runs out: every allocation of libxml2 is made to fail once. */
#include <libxml/xmlerror.h>
#include <libxml/xmlmemory.h>

#include "xml-help.h"

#include "domain/domain.h"

/* All blocks are in a list: libxml2 itself loses some when memory runs out, which
 * a leak checker must not take for ours. */
struct block {
	struct block *next, *before;
};

static struct block blocks = { &blocks, &blocks };
static unsigned int left, refused;

static bool is_refused(void)
{
	if (left > 0) {
		left--;
		return false;
	}
	refused++;
	return true;
}

static void *enter(struct block *block)
{
	if (!block)
		return NULL;
	block->next = blocks.next;
	block->before = &blocks;
	blocks.next->before = block;
	blocks.next = block;
	return block + 1;
}

static struct block *leave(void *memory)
{
	struct block *block = (struct block *)memory - 1;

	block->next->before = block->before;
	block->before->next = block->next;
	return block;
}

static void meagre_free(void *memory)
{
	if (memory)
		free(leave(memory));
}

static void *meagre_malloc(size_t size)
{
	return is_refused() ? NULL : enter(malloc(sizeof(struct block) + size));
}

static void *meagre_realloc(void *memory, size_t size)
{
	if (!memory)
		return meagre_malloc(size);
	return is_refused() ? NULL : enter(realloc(leave(memory), sizeof(struct block) + size));
}

static char *meagre_strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = meagre_malloc(size);

	return copy ? memcpy(copy, text, size) : NULL;
}

/* libxml2 reports some of its failures to nobody but the process. */
static VTUNE__PRINTF(2, 3) void say_nothing(void *data, const char *format, ...)
{
	(void)data;
	(void)format;
}

typedef char *call_fn(const struct vtune_plan *plan, const char *domain, struct vtune_error **err);

static char *emit(const struct vtune_plan *plan, const char *domain, struct vtune_error **err)
{
	(void)domain;
	return vtune_plan_to_xml(plan, NULL, err);
}

static char *patch(const struct vtune_plan *plan, const char *domain, struct vtune_error **err)
{
	return vtune_plan_patch_domain_xml(plan, domain, err);
}

static char *put(const struct vtune_plan *plan, const char *domain, struct vtune_error **err)
{
	return vtune__metadata_put(domain, plan, domain, err);
}

static char *element(const struct vtune_plan *plan, const char *domain, struct vtune_error **err)
{
	(void)plan;
	return vtune__metadata_element("former", domain, err);
}

static char *former(const struct vtune_plan *plan, const char *domain, struct vtune_error **err)
{
	(void)plan;
	return vtune__metadata_former(domain, err);
}

static char *carried(const struct vtune_plan *plan, const char *domain, struct vtune_error **err)
{
	struct vtune_plan *got = vtune__metadata_plan(domain, err);
	char *text = got ? vtune_plan_to_json(got, err) : NULL;

	(void)plan;
	vtune_plan_free(got);
	return text;
}

static char *spec(const struct vtune_plan *plan, const char *domain, struct vtune_error **err)
{
	struct vtune_spec *got = vtune_spec_from_domain_xml(domain, err);
	char *text = got ? vtune_spec_to_json(got, err) : NULL;

	(void)plan;
	vtune_spec_free(got);
	return text;
}

/* Fail the first, the second, ... allocation, until none is left to fail: each time
 * it is an error, and never a crash or a wrong result. */
static void check(call_fn *call, const struct vtune_plan *plan, const char *domain,
		  const char *expected)
{
	bool done = false;

	for (unsigned int count = 0; !done; count++) {
		struct vtune_error *err = NULL;
		char *out;

		left = count;
		refused = 0;
		out = call(plan, domain, &err);
		done = refused == 0;
		left = UINT32_MAX;
		if (out) {
			assert_string_equal(out, expected);
			free(out);
			continue;
		}
		assert_false(done);
		if (vtune_error_get_code(err) != VTUNE_ERR_NO_MEMORY)
			fail_msg("%u: %s", count, vtune_error_get_message(err));
		vtune_error_free(err);
	}
}

static void test_emit(void **state)
{
	struct vtune_plan *plan = help_plan("two-cells");
	char *expected = help_load("emitted", "two-cells", ".xml");

	(void)state;
	check(emit, plan, NULL, expected);
	free(expected);
	vtune_plan_free(plan);
}

static void test_patch(void **state)
{
	static const char *const names[] = { "conflicts", "latin1", "q35" };
	static const char *const plans[] = { "two-cells", "one-cell", "pcie" };

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(names); i++) {
		struct vtune_plan *plan = help_plan(plans[i]);
		char *domain = help_load("domains", names[i], ".xml");
		char name[64], *expected;

		snprintf(name, sizeof(name), "%s.%s", names[i], plans[i]);
		expected = help_load("patched", name, ".xml");
		check(patch, plan, domain, expected);
		free(expected);
		free(domain);
		vtune_plan_free(plan);
	}
}

static void check_as_before(call_fn *call, const struct vtune_plan *plan, const char *domain)
{
	char *expected;

	left = UINT32_MAX;
	expected = call(plan, domain, NULL);
	assert_non_null(expected);
	check(call, plan, domain, expected);
	free(expected);
}

static void test_metadata(void **state)
{
	struct vtune_plan *plan = help_plan("two-cells");
	char *domain = help_load("domains", "tuned", ".xml"), *patched, *carrying;

	(void)state;
	left = UINT32_MAX;
	patched = help_patch(plan, domain);
	carrying = vtune__metadata_put(patched, plan, domain, NULL);
	assert_non_null(carrying);
	check_as_before(put, plan, patched);
	check_as_before(put, plan, carrying);
	check_as_before(element, plan, patched);
	check_as_before(former, plan, carrying);
	check_as_before(carried, plan, carrying);
	check_as_before(spec, plan, domain);
	check_as_before(spec, plan, carrying);
	free(carrying);
	free(patched);
	free(domain);
	vtune_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_emit),
		cmocka_unit_test(test_patch),
		cmocka_unit_test(test_metadata),
	};

	left = UINT32_MAX;
	/* Before libxml2 has any memory. */
	if (xmlMemSetup(meagre_free, meagre_malloc, meagre_realloc, meagre_strdup) != 0)
		return 99;
	xmlSetGenericErrorFunc(NULL, say_nothing);
	return cmocka_run_group_tests_name("xml-memory", tests, NULL, NULL);
}
