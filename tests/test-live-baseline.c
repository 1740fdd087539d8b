/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vtune_baseline_cpu(), with a libvirt that only says what it was asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "live/live.h"

#define CAPABILITIES(arch, modes)                                                   \
	"<domainCapabilities><domain>qemu</domain><arch>" arch "</arch><cpu>" modes \
	"</cpu></domainCapabilities>"
#define MODEL(name)                                                                         \
	"<mode name='host-passthrough' supported='yes'/>"                                   \
	"<mode name='host-model' supported='yes'><model fallback='forbid'>" name "</model>" \
	"<feature policy='require' name='ss'/></mode>"

static struct {
	const char *capabilities[2]; /* by connection */
	const char *answer;
	char asked[512], type[16], arch[16];
	unsigned int flags;
} libvirt;
static virConnectPtr connections[2];

static char *fake_capabilities(virConnectPtr connection, const char *emulator, const char *arch,
			       const char *machine, const char *type, unsigned int flags)
{
	const char *text = libvirt.capabilities[connection == connections[1]];

	assert_true(!emulator && !arch && !machine && flags == 0);
	snprintf(libvirt.type, sizeof(libvirt.type), "%s", type);
	return text ? strdup(text) : NULL;
}

static char *fake_baseline(virConnectPtr connection, const char *emulator, const char *arch,
			   const char *machine, const char *type, const char **cpus,
			   unsigned int count, unsigned int flags)
{
	assert_true(connection == connections[0] && !emulator && !machine);
	assert_string_equal(type, libvirt.type);
	snprintf(libvirt.arch, sizeof(libvirt.arch), "%s", arch);
	libvirt.flags = flags;
	libvirt.asked[0] = '\0';
	for (unsigned int i = 0; i < count; i++)
		strncat(libvirt.asked, cpus[i], sizeof(libvirt.asked) - strlen(libvirt.asked) - 1);
	return libvirt.answer ? strdup(libvirt.answer) : NULL;
}

static struct vtune_connection *own[2];

static int set_up(void **state)
{
	static struct vtune__calls calls;

	(void)state;
	calls = vtune__libvirt_calls;
	calls.virConnectGetDomainCapabilities = fake_capabilities;
	calls.virConnectBaselineHypervisorCPU = fake_baseline;
	memset(&libvirt, 0, sizeof(libvirt));
	libvirt.capabilities[0] = CAPABILITIES("x86_64", MODEL("Skylake"));
	libvirt.capabilities[1] = CAPABILITIES("x86_64", MODEL("Haswell"));
	libvirt.answer = "<cpu mode='custom' match='exact'>\n"
			 "  <model fallback='forbid'>Haswell</model>\n  <vendor>Intel</vendor>\n"
			 "  <feature policy='require' name='ss'/>\n"
			 "  <feature policy='disable' name='hle'/>\n</cpu>\n";
	for (int i = 0; i < 2; i++) {
		connections[i] = virConnectOpen("test:///default");
		own[i] = vtune__connection_new(connections[i], &calls, NULL);
		assert_non_null(own[i]);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		vtune_connection_free(own[i]);
		virConnectClose(connections[i]);
	}
	return 0;
}

static void test_spec(void **state)
{
	struct vtune_error *err = NULL;
	char *text = vtune_baseline_cpu(own, 2, VTUNE_BASELINE_SPEC, NULL, &err);

	(void)state;
	assert_string_equal(
		text, "{\n  \"cpu\": {\n    \"mode\": \"custom\",\n    \"model\": \"Haswell\",\n"
		      "    \"features\": { \"ss\": \"require\", \"hle\": \"disable\" }\n  }\n}\n");
	free(text);
	assert_string_equal(libvirt.type, "kvm");
	assert_string_equal(libvirt.arch, "x86_64");
	assert_int_equal(libvirt.flags, VIR_CONNECT_BASELINE_CPU_MIGRATABLE);
	assert_non_null(strstr(libvirt.asked, "<cpu><model fallback='forbid'>Skylake</model>"));
	assert_non_null(strstr(libvirt.asked, "<cpu><model fallback='forbid'>Haswell</model>"));
}

static void test_other_forms(void **state)
{
	struct vtune_options *options = vtune_options_new();
	char *text;

	(void)state;
	assert_int_equal(vtune_options_set_domain_type(options, "qemu", NULL), 0);
	text = vtune_baseline_cpu(own, 2, VTUNE_BASELINE_XML, options, NULL);
	assert_string_equal(text, libvirt.answer);
	assert_string_equal(libvirt.type, "qemu");
	free(text);
	text = vtune_baseline_cpu(own, 2, VTUNE_BASELINE_TEXT, options, NULL);
	assert_string_equal(text, "qemu guests can have the CPU Haswell on all of these hosts\n"
				  "  with ss\n  without hle\n");
	free(text);
	vtune_options_free(options);
}

static void refuse(enum vtune_error_code code, const char *part)
{
	struct vtune_error *err = NULL;

	assert_null(vtune_baseline_cpu(own, 2, VTUNE_BASELINE_SPEC, NULL, &err));
	if (!strstr(vtune_error_get_message(err), part))
		fail_msg("%s is not in %s", part, vtune_error_get_message(err));
	assert_int_equal(vtune_error_get_code(err), code);
	vtune_error_free(err);
}

static void test_refused(void **state)
{
	(void)state;
	libvirt.answer = NULL;
	refuse(VTUNE_ERR_LIBVIRT, "Computing the CPU that 2 hosts have in common failed");
	libvirt.answer = "<cpu/>";
	refuse(VTUNE_ERR_LIBVIRT, "names no <model>");
	libvirt.capabilities[1] = CAPABILITIES("aarch64", MODEL("cortex-a57"));
	refuse(VTUNE_ERR_UNSUPPORTED, "Guests are for aarch64 here, and for x86_64 on test:");
	libvirt.capabilities[1] = CAPABILITIES("x86_64", "<mode name='host-model'/>");
	refuse(VTUNE_ERR_UNSUPPORTED, "libvirt offers kvm guests no CPU");
	libvirt.capabilities[1] = "<domainCapabilities/>";
	refuse(VTUNE_ERR_UNSUPPORTED, "does not say for which architecture");
	libvirt.capabilities[1] = NULL;
	refuse(VTUNE_ERR_LIBVIRT, "Asking what kvm guests can have failed");
}

static void test_arguments(void **state)
{
	struct vtune_connection *one[2] = { own[0], NULL };
	struct vtune_error *err = NULL;

	(void)state;
	assert_null(vtune_baseline_cpu(NULL, 1, VTUNE_BASELINE_SPEC, NULL, NULL));
	assert_null(vtune_baseline_cpu(own, 0, VTUNE_BASELINE_SPEC, NULL, NULL));
	assert_null(vtune_baseline_cpu(one, 2, VTUNE_BASELINE_SPEC, NULL, NULL));
	assert_null(vtune_baseline_cpu(own, 2, (enum vtune_baseline)3, NULL, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_spec, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_other_forms, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_arguments, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
