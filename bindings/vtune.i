/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the bindings of all languages have in common. A language's own file says
 * first how it takes texts, errors, lists and callbacks, and then includes this. */
%{
#include <stdlib.h>

#include <libvtune.h>

/* The glue is made of the header of this very interface. */
#if VTUNE_VERSION_MAJOR != 0
#error "these bindings are for version 0 of libvtune"
#endif
%}

%include <stdint.i>

/* Objects own what they stand for. */
%define VTUNE_OBJECT(type)
%nodefaultctor type;
struct type {};
%extend type {
	~type() { type##_free($self); }
}
%ignore type##_free;
%enddef
VTUNE_OBJECT(vtune_options)
VTUNE_OBJECT(vtune_host)
VTUNE_OBJECT(vtune_spec)
VTUNE_OBJECT(vtune_plan)
VTUNE_OBJECT(vtune_connection)
VTUNE_OBJECT(vtune_report)
VTUNE_OBJECT(vtune_tuning_options)
VTUNE_OBJECT(vtune_tuning)
/* Errors become the language's own; no object of it is seen. */
%ignore vtune_error_get_code;
%ignore vtune_error_get_message;
%ignore vtune_error_get_where;
%ignore vtune_error_get_errno;
%ignore vtune_error_free;

%newobject vtune_options_new;
%newobject vtune_host_from_system;
%newobject vtune_host_from_hwloc_xml;
%newobject vtune_host_from_hwloc_file;
%newobject vtune_host_from_synthetic;
%newobject vtune_host_from_capabilities;
%newobject vtune_host_from_json;
%newobject vtune_host_from_connection;
%newobject vtune_host_with_state;
%newobject vtune_host_with_domains;
%newobject vtune_host_with_plan;
%newobject vtune_host_within;
%newobject vtune_host_without;
%newobject vtune_host_to_json;
%newobject vtune_host_to_text;
%newobject vtune_host_to_svg;
%newobject vtune_spec_from_json;
%newobject vtune_spec_for_migration;
%newobject vtune_spec_from_domain_xml;
%newobject vtune_spec_from_domain;
%newobject vtune_spec_with_name;
%newobject vtune_spec_to_json;
%newobject vtune_place;
%newobject vtune_capacity;
%newobject vtune_plan_from_json;
%newobject vtune_plan_from_domain;
%newobject vtune_plan_to_json;
%newobject vtune_plan_to_xml;
%newobject vtune_plan_patch_domain_xml;
%newobject vtune_plan_to_migration_xml;
%newobject vtune_plan_to_text;
%newobject vtune_plan_to_svg;
%newobject vtune_plan_explain;
%newobject vtune_plan_apply;
%newobject vtune_plan_migrate;
%newobject vtune_plan_verify;
%newobject vtune_domain_restore;
%newobject vtune_domain_to_migratable_xml;
%newobject vtune_baseline_cpu;
%newobject vtune_connection_open;
%newobject vtune_report_to_json;
%newobject vtune_report_to_text;
%newobject vtune_tuning_options_new;
%newobject vtune_tuning_check;
%newobject vtune_tuning_to_json;
%newobject vtune_tuning_to_text;
%newobject vtune_tuning_apply;
%newobject vtune_tuning_undo;
%newobject vtune_tuning_persist;
%typemap(newfree) char * "free($1);"

%include <libvtune.h>
