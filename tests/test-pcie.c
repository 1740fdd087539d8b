/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The PCI Express topology of a guest, from host and spec to the plan. */
#include "xml-help.h"

#include "pcie-help.h"

/* ---- the plan ---- */

static void assert_pcie(const char *spec_text, const char *expected)
{
	struct vtune_plan *plan = place(spec_text);
	char *text = vtune_plan_to_json(plan, NULL);
	struct vtune_plan *again = vtune_plan_from_json(text, NULL);
	char *same = vtune_plan_to_json(again, NULL);

	assert_string_equal(same, text);
	squeeze(text);
	if (expected)
		has(text, expected);
	else
		has_not(text, "pcie");
	free(same);
	free(text);
	vtune_plan_free(again);
	vtune_plan_free(plan);
}

static void test_plans(void **state)
{
	static const char *const rows[][2] = {
		{ SPEC("2",
		       "\"hostdevs\": [ " DEVICE("0000:41:00.0") ", " DEVICE("0000:01:00.0") ", " DEVICE(
			       "0000:81:00.0") ", " DEVICE("0000:42:00.0") " ]"),
		  "\"pcie\": {\"expanders\": ["
		  "{\"cell\": 1,\"root\": \"0000:40\",\"devices\": [ \"0000:41:00.0\", "
		  "\"0000:42:00.0\" ],\"spare_ports\": 0},"
		  "{ \"cell\": 0, \"root\": \"0000:00\", \"devices\": [ \"0000:01:00.0\" ], "
		  "\"spare_ports\": 0 },"
		  "{ \"cell\": 1, \"root\": \"0000:80\", \"devices\": [ \"0000:81:00.0\" ], "
		  "\"spare_ports\": 0 }],\"spare_ports\": 0}" },
		/* The guest's own number of the node, which is 1 on the host. */
		{ SPEC("1", "\"hostdevs\": [ " DEVICE("0000:81:00.0") " ]"),
		  "\"pcie\": {\"expanders\": [{ \"cell\": 0, \"root\": \"0000:80\", \"devices\": [ "
		  "\"0000:81:00.0\" ], \"spare_ports\": 0 }],\"spare_ports\": 0}" },
		/* On no node of the guest's, or on nobody knows which. */
		{ SPEC("1, \"nodes\": \"0\"", "\"hostdevs\": [ " DEVICE("0000:81:00.0") " ]"),
		  NULL },
		{ SPEC("2", "\"hostdevs\": [ " DEVICE("0000:c1:00.0") " ]"), NULL },
		{ SPEC("2", "\"strategy\": \"pack\""), NULL },
		{ SPEC("2", "\"pcie\": { \"expanders\": \"none\" }, \"hostdevs\": [ " DEVICE(
				    "0000:81:00.0") " ]"),
		  NULL },
		{ SPEC("2", "\"pcie\": { }"),
		  "\"pcie\": { \"expanders\": [ ], \"spare_ports\": 0 }" },
		{ SPEC("2", "\"pcie\": { \"expanders\": \"none\", \"spare_ports\": 5 }, "
			    "\"hostdevs\": [ " DEVICE("0000:81:00.0") " ]"),
		  "\"pcie\": { \"expanders\": [ ], \"spare_ports\": 5 }" },
		{ SPEC("2", "\"pcie\": { \"spare_ports\": 5, \"spare_ports_per_expander\": 2 }, "
			    "\"hostdevs\": [ " DEVICE("0000:81:00.0") " ]"),
		  "\"devices\": [ \"0000:81:00.0\" ], \"spare_ports\": 2 }],\"spare_ports\": 5}" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++)
		assert_pcie(rows[i][0], rows[i][1]);
}

/* So many functions of cards behind one root complex, all given to one VM. */
static struct vtune_plan *place_many(unsigned int devices, const char *pcie)
{
	struct vtune__text host = { 0 }, spec = { 0 };
	char *host_json, *spec_json;
	struct vtune_plan *plan;

	vtune__text_add(&host, "{ \"version\": 1, \"nodes\": [ { \"id\": 0, \"cpus\": \"0-3\", "
			       "\"memory_kib\": 4194304 } ], \"devices\": [");
	vtune__text_addf(&spec,
			 "{ \"version\": 1, \"vcpus\": 1, \"memory\": \"64MiB\", \"pcie\": %s, "
			 "\"hostdevs\": [",
			 pcie);
	for (unsigned int i = 0; i < devices; i++) {
		vtune__text_addf(&host, "%s{ \"id\": \"0000:%02x:%02x.%x\", \"node\": 0 }",
				 i ? "," : "", i / 256, i / 8 % 32, i % 8);
		vtune__text_addf(&spec, "%s{ \"id\": \"0000:%02x:%02x.%x\" }", i ? "," : "",
				 i / 256, i / 8 % 32, i % 8);
	}
	vtune__text_add(&host, "] }");
	vtune__text_add(&spec, "] }");
	host_json = vtune__text_take(&host, NULL);
	spec_json = vtune__text_take(&spec, NULL);
	plan = place_on(host_json, spec_json);
	free(host_json);
	free(spec_json);
	return plan;
}

/* A bus has 32 slots, and all buses together 256 numbers, of which others need some. */
static void test_many_devices(void **state)
{
	struct vtune_plan *plan = place_many(40, "{ }");

	(void)state;
	assert_int_equal(plan->pcie.nexpanders, 2);
	assert_int_equal(plan->pcie.expanders[0].ndevices, 32);
	assert_int_equal(plan->pcie.expanders[1].ndevices, 8);
	assert_false(warns(plan, ""));
	vtune_plan_free(plan);

	plan = place_many(40, "{ \"spare_ports_per_expander\": 30 }");
	assert_true(plan->pcie.nexpanders == 6);
	assert_int_equal(plan->pcie.expanders[0].ndevices, 2);
	assert_true(warns(plan, "28 of its devices are near: there are no more bus numbers"));
	vtune_plan_free(plan);

	plan = place_many(300, "{ }");
	assert_int_equal(vtune__plan_pcie_buses(&plan->pcie), VTUNE__PCIE_BUSES);
	assert_true(warns(plan, "83 of its devices are near"));
	vtune_plan_free(plan);
}

/* ---- the spec of a domain ---- */

static void assert_spec(const char *domain, const char *expected)
{
	struct vtune__text text = { 0 };
	struct vtune_error *err = NULL;
	struct vtune_spec *spec;
	char *whole, *json;

	/* All the domains here lack what every spec needs. */
	vtune__text_add_bytes(&text, domain, (size_t)(strstr(domain, "  <os>") - domain));
	vtune__text_add(&text, "<memory>65536</memory><vcpu>2</vcpu>");
	vtune__text_add(&text, strstr(domain, "  <os>"));
	whole = vtune__text_take(&text, NULL);
	spec = vtune_spec_from_domain_xml(whole, &err);
	if (!spec)
		fail_msg("%s", vtune_error_get_message(err));
	json = squeeze(help_spec_text(spec));
	if (expected)
		has(json, expected);
	else
		has_not(json, "pcie");
	free(json);
	free(whole);
	vtune_spec_free(spec);
}

static void test_spec_of_domain(void **state)
{
	(void)state;
	assert_spec(defined, "\"pcie\": { }");
	/* Not placed by anybody yet, or where the guest knows it. */
	assert_spec(HEAD("q35") HOSTDEV("0x41", "") TAIL, NULL);
	assert_spec(HEAD("q35") HOSTDEV("0x41", AT("0x03", "")) TAIL,
		    "\"pcie\": { \"expanders\": \"none\" }");
	assert_spec(HEAD("q35") HOSTDEV("0x41", AT("0x03", "")) HOSTDEV("0x42", "") TAIL, NULL);
	assert_spec(HEAD("pc") HOSTDEV("0x41", "") TAIL, NULL);
	assert_spec(HEAD("q35") TAIL, NULL);
	assert_spec(HEAD("q35") "<controller type='pci' index='1' model='pcie-root-port'><alias "
				"name='ua-vtune-port-1'/></controller>" HOSTDEV("0x41",
										AT("0x03", ""))
				TAIL,
		    "\"pcie\": { \"expanders\": \"none\", \"spare_ports\": 1 }");
	assert_spec(HEAD("q35") "<controller type='pci' index='1' model='pcie-expander-bus'/>"
				"<controller type='pci' index='2' model='pcie-root-port'>" AT(
					"0x01", "") "</controller>" HOSTDEV("0x41", AT("0x02", ""))
					TAIL,
		    NULL);
	assert_spec(
		HEAD("q35") "<controller type='pci' index='1' model='pcie-expander-bus'><alias "
			    "name='ua-vtune-bus-1'/></controller>"
			    "<controller type='pci' index='2' model='pcie-root-port'><alias "
			    "name='ua-vtune-port-2'/>" AT(
				    "0x01",
				    "") "</controller>"
					"<controller type='pci' index='3' model='pcie-root-port'><alias "
					"name='ua-vtune-port-3'/>" AT(
						"0x01",
						"") "</controller>"
						    "<controller type='pci' index='4' model='pcie-root-port'><alias "
						    "name='ua-vtune-port-4'/></controller>"
						    "<controller type='pci' index='5' model='pcie-root-port'><alias "
						    "name='ua-vtune-port-5'/></controller>" HOSTDEV(
							    "0x41", AT("0x02", "")) TAIL,
		"\"pcie\": { \"spare_ports\": 2, \"spare_ports_per_expander\": 1 }");
}

static bool warns_of_ports(const struct vtune_plan *plan)
{
	for (unsigned int i = 0; i < plan->nwarnings; i++)
		if (strcmp(plan->warnings[i].code, "spare_ports") == 0)
			return strstr(plan->warnings[i].text, plan->cpu.machine) != NULL;
	return false;
}

/* A new domain is of a machine that can do what the plan says. */
static void test_new_machine(void **state)
{
#define NEAR "\"hostdevs\": [ " DEVICE("0000:81:00.0") " ]"
	static const struct {
		const char *arch, *more, *machine;
		unsigned int expanders, spare_ports;
		bool warns;
	} rows[] = {
		{ NULL, NEAR, "q35", 1, 0, false },
		{ NULL, "\"pcie\": { \"spare_ports\": 3 }", "q35", 0, 3, false },
		{ NULL, "\"pcie\": { \"expanders\": \"none\" }, " NEAR, NULL, 0, 0, false },
		{ NULL, "\"machine\": \"pc\", \"pcie\": { \"spare_ports\": 3 }, " NEAR, "pc", 0, 0,
		  true },
		{ "x86_64", NEAR, "q35", 1, 0, false },
		{ "x86_64", "\"machine\": \"pc-i440fx-7.2\", " NEAR, "pc-i440fx-7.2", 0, 0, true },
		{ "aarch64", "\"pcie\": { \"spare_ports\": 3 }, " NEAR, "virt", 1, 3, false },
		{ "ppc64le", "\"pcie\": { \"spare_ports\": 3 }, " NEAR, "pseries", 1, 0, true },
		{ "s390x", "\"pcie\": { \"spare_ports\": 3 }, " NEAR, "s390-ccw-virtio", 0, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune__text text = { 0 }, spec = { 0 };
		struct vtune_plan *plan;
		char *host, *asked;

		vtune__text_add(&text, "{");
		if (rows[i].arch)
			vtune__text_addf(&text, "\"arch\": \"%s\",",
					 rows[i].arch);
		vtune__text_add(&text, host_text + 1);
		vtune__text_addf(&spec,
				 "{ \"version\": 1, \"vcpus\": 2, \"memory\": \"64MiB\", "
				 "\"hugepages\": \"none\", \"numa\": { \"cells\": 2 }, %s }",
				 rows[i].more);
		host = vtune__text_take(&text, NULL);
		asked = vtune__text_take(&spec, NULL);
		plan = place_on(host, asked);
		assert_int_equal(plan->pcie.nexpanders, rows[i].expanders);
		assert_int_equal(plan->pcie.spare_ports, rows[i].spare_ports);
		if (rows[i].machine)
			assert_string_equal(plan->cpu.machine, rows[i].machine);
		else
			assert_null(plan->cpu.machine);
		assert_int_equal(warns(plan, "no expander buses") || warns_of_ports(plan),
				 rows[i].warns);
		vtune_plan_free(plan);
		free(asked);
		free(host);
	}
}

/* The plan of a domain that cannot tell its guest says so. */
static void test_machine_without(void **state)
{
	static const char *const machines[] = { "pc", "q35" };

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(machines); i++) {
		struct vtune__text text = { 0 };
		struct vtune_error *err = NULL;
		struct vtune_host *host = vtune_host_from_json(host_text, &err);
		struct vtune_spec *spec;
		struct vtune_plan *plan;
		char *domain;

		vtune__text_addf(&text,
				 "<domain><name>v</name><memory>65536</memory><vcpu>2</vcpu><os>"
				 "<type arch='x86_64' machine='%s'>hvm</type></os><devices>%s"
				 "</devices></domain>",
				 machines[i], HOSTDEV("0x41", ""));
		domain = vtune__text_take(&text, NULL);
		spec = vtune_spec_from_domain_xml(domain, &err);
		assert_non_null(spec);
		plan = vtune_place(host, spec, NULL, &err);
		assert_non_null(plan);
		assert_int_equal(plan->pcie.nexpanders, i);
		assert_int_equal(warns(plan, "which of its cells 1 of its devices is near: its "
					     "machine has no expander buses"),
				 i == 0);
		vtune_plan_free(plan);
		vtune_spec_free(spec);
		vtune_host_free(host);
		free(domain);
	}
}

/* Nor is there anything in the plan of a new domain that its machine cannot have. */
static void test_machine_of_spec(void **state)
{
	static const char *const machines[] = { "pc", "q35" };
	static const char host[] =
		"{ \"version\": 1, \"arch\": \"x86_64\", \"nodes\": [ { \"id\": 0, \"cpus\": "
		"\"0-3\", \"memory_kib\": 4194304 } ], \"devices\": [ { \"id\": \"0000:81:00.0\", "
		"\"node\": 0, \"root\": \"0000:80\" } ] }";

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(machines); i++) {
		struct vtune__text text = { 0 };
		struct vtune_plan *plan;
		char *spec;

		vtune__text_addf(&text,
				 SPEC("1", "\"machine\": \"%s\", \"pcie\": { \"spare_ports\": 4 "
					   "}, \"hostdevs\": [ " DEVICE("0000:81:00.0") " ]"),
				 machines[i]);
		spec = vtune__text_take(&text, NULL);
		plan = place_on(host, spec);
		assert_int_equal(plan->pcie.nexpanders, i);
		assert_int_equal(plan->pcie.spare_ports, 4 * i);
		assert_int_equal(warns(plan, "the 4 spare ports in \"pcie\" are left out"), i == 0);
		assert_int_equal(warns(plan, "machine has no expander buses"), i == 0);
		vtune_plan_free(plan);
		free(spec);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_many_devices),
		cmocka_unit_test(test_spec_of_domain),
		cmocka_unit_test(test_new_machine),
		cmocka_unit_test(test_machine_without),
		cmocka_unit_test(test_machine_of_spec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
