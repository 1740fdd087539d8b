/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The raw layer of the Python package: functions of the C header by their names. A
 * call raises where the function fails, and takes options as a tuple, or None. */
%module(package="vtune", threads="1") raw

/* SWIG's built-in types (-builtin) are not fooled by objects with an attribute "this";
 * only the library makes them. */
%{
static PyObject *refuse_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
	(void)args;
	(void)keywords;
	return PyErr_Format(PyExc_TypeError, "%s comes from functions", type->tp_name);
}
%}
%feature("python:tp_new") "refuse_new";

/* Only what computes long or waits gives up the interpreter's lock. */
%nothread;
%thread vtune_place;
%thread vtune_place_together;
%thread vtune_capacity;
%thread vtune_plan_explain;
%thread vtune_host_from_system;
%thread vtune_host_from_hwloc_xml;
%thread vtune_host_from_hwloc_file;
%thread vtune_host_from_synthetic;
%thread vtune_host_from_capabilities;
%thread vtune_host_from_connection;
%thread vtune_spec_from_domain;
%thread vtune_plan_from_domain;
%thread vtune_plan_apply;
%thread vtune_plan_verify;
%thread vtune_domain_restore;
%thread vtune_domain_to_migratable_xml;
%thread vtune_plan_migrate;
%thread vtune_host_with_domains;
%thread vtune_baseline_cpu;
%thread vtune_connection_open;
%thread vtune_connection_from_libvirt;
%thread vtune_connection_lock;
%thread vtune_connection::~vtune_connection;
%thread vtune_tuning_options_add_specs;
%thread vtune_tuning_check;
%thread vtune_tuning_apply;
%thread vtune_tuning_undo;
%thread vtune_tuning_persist;

%{
#include <libvtune.h>

/* ---- errors ---- */

/* A text of the library; names of files in it need not be UTF-8. */
static PyObject *python_text(const char *text)
{
	return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "backslashreplace");
}

/* Raise what vtune._errors makes of the error; frees it. */
static void raise_error(struct vtune_error *error)
{
	PyObject *module = PyImport_ImportModule("vtune._errors");
	PyObject *raised = NULL;

	if (module)
		raised = PyObject_CallMethod(module, "from_raw", "iNNi",
					     vtune_error_get_code(error),
					     python_text(vtune_error_get_message(error)),
					     python_text(vtune_error_get_where(error)),
					     vtune_error_get_errno(error));
	if (raised)
		PyErr_SetObject((PyObject *)Py_TYPE(raised), raised);
	Py_XDECREF(raised);
	Py_XDECREF(module);
	vtune_error_free(error);
}
%}

%typemap(in, numinputs=0) struct vtune_error **err (struct vtune_error *error = NULL) {
	$1 = &error;
}
%typemap(argout) struct vtune_error **err {
	if (*$1) {
		Py_CLEAR(resultobj);
		raise_error(*$1);
		SWIG_fail;
	}
}

%{
/* ---- texts ---- */

/* The UTF-8 of a str without NUL; NULL with an exception otherwise. */
static const char *text_of(PyObject *object)
{
	Py_ssize_t length;
	const char *text;

	if (!PyUnicode_Check(object)) {
		PyErr_Format(PyExc_TypeError, "a str is needed, not %s", Py_TYPE(object)->tp_name);
		return NULL;
	}
	text = PyUnicode_AsUTF8AndSize(object, &length);
	if (text && strlen(text) != (size_t)length) {
		PyErr_SetString(PyExc_ValueError, "the text holds a NUL character");
		return NULL;
	}
	return text;
}
%}

%typemap(in) const char * {
	if ($input != Py_None) {
		$1 = (char *)text_of($input);
		if (!$1)
			SWIG_fail;
	}
}
%typemap(freearg) const char * ""

/* A path is bytes where its name is not UTF-8. */
%typemap(in) const char *path (PyObject *bytes = NULL) {
	if ($input != Py_None) {
		if (!PyUnicode_FSConverter($input, &bytes))
			SWIG_fail;
		$1 = PyBytes_AS_STRING(bytes);
	}
}
%typemap(freearg) const char *path "Py_XDECREF(bytes$argnum);"
%apply const char *path { const char *directory };

%{
/* ---- options ---- */

/* Told from a call that has given up the interpreter's lock. An exception cannot go
 * through the library: it is handed to sys.unraisablehook. */
static void call_progress(void *data, const char *what, uint64_t done, uint64_t all)
{
	PyGILState_STATE state = PyGILState_Ensure();
	PyObject *text = python_text(what);
	PyObject *result = NULL;

	if (text)
		result = PyObject_CallFunction((PyObject *)data, "OKK", text,
					       (unsigned long long)done,
					       (unsigned long long)all);
	if (!result)
		PyErr_WriteUnraisable((PyObject *)data);
	Py_XDECREF(result);
	Py_XDECREF(text);
	PyGILState_Release(state);
}

/* NULL with *error or an exception. The tuple keeps what the options point to. */
static struct vtune_options *options_of(PyObject *tuple, struct vtune_error **error)
{
	unsigned long long work_limit, lock_timeout;
	const char *domain_type;
	PyObject *limit, *timeout, *progress;
	struct vtune_options *options;

	if (!PyTuple_Check(tuple)) {
		PyErr_SetString(PyExc_TypeError, "options are a tuple or None");
		return NULL;
	}
	if (!PyArg_ParseTuple(tuple, "O!sO!O", &PyLong_Type, &limit, &domain_type, &PyLong_Type,
			      &timeout, &progress))
		return NULL;
	work_limit = PyLong_AsUnsignedLongLong(limit);
	if (PyErr_Occurred())
		return NULL;
	lock_timeout = PyLong_AsUnsignedLongLong(timeout);
	if (PyErr_Occurred())
		return NULL;
	if (lock_timeout > UINT_MAX) {
		PyErr_SetString(PyExc_OverflowError, "the lock timeout is out of range");
		return NULL;
	}
	if (progress != Py_None && !PyCallable_Check(progress)) {
		PyErr_SetString(PyExc_TypeError, "progress is not callable");
		return NULL;
	}
	options = vtune_options_new();
	if (!options) {
		PyErr_NoMemory();
		return NULL;
	}
	if (vtune_options_set_work_limit(options, work_limit, error) == 0 &&
	    vtune_options_set_domain_type(options, domain_type, error) == 0 &&
	    vtune_options_set_lock_timeout(options, (unsigned int)lock_timeout, error) == 0 &&
	    (progress == Py_None ||
	     vtune_options_set_progress(options, call_progress, progress, error) == 0))
		return options;
	vtune_options_free(options);
	return NULL;
}
%}

%ignore vtune_options;
%ignore vtune_options_new;
%ignore vtune_options_set_work_limit;
%ignore vtune_options_set_domain_type;
%ignore vtune_options_set_progress;
%ignore vtune_options_set_lock_timeout;
/* (work limit, domain type, lock timeout in ms, progress or None) */
%typemap(in) const struct vtune_options *options (struct vtune_options *made = NULL) {
	if ($input != Py_None) {
		struct vtune_error *wrong = NULL;

		$1 = made = options_of($input, &wrong);
		if (wrong)
			raise_error(wrong);
		if (!made)
			SWIG_fail;
	}
}
%typemap(freearg) const struct vtune_options *options "vtune_options_free(made$argnum);"

/* ---- several values ---- */

%include <typemaps.i>
%apply unsigned int *OUTPUT { unsigned int *count };

/* Specs in, a list of as many plans out. The tuple keeps the specs, whatever other
 * threads do to the caller's sequence meanwhile. */
%typemap(in) (const struct vtune_spec *const *specs, unsigned int nspecs)
	(PyObject *kept = NULL, struct vtune_plan **plans = NULL) {
	kept = PySequence_Tuple($input);
	if (!kept)
		SWIG_fail;
	if (PyTuple_GET_SIZE(kept) > 1000000)
		SWIG_exception_fail(SWIG_OverflowError, "too many specs");
	$2 = (unsigned int)PyTuple_GET_SIZE(kept);
	$1 = ($1_ltype)calloc((size_t)$2 + 1, sizeof(*$1));
	plans = (struct vtune_plan **)calloc((size_t)$2 + 1, sizeof(*plans));
	if (!$1 || !plans)
		SWIG_exception_fail(SWIG_MemoryError, "out of memory");
	for (unsigned int i = 0; i < $2; i++) {
		void *spec = NULL;
		int status = SWIG_ConvertPtr(PyTuple_GET_ITEM(kept, i), &spec,
					     $descriptor(struct vtune_spec *), 0);

		if (!SWIG_IsOK(status))
			SWIG_exception_fail(SWIG_ArgError(status), "not a spec");
		((const struct vtune_spec **)$1)[i] = (const struct vtune_spec *)spec;
	}
}
%typemap(freearg) (const struct vtune_spec *const *specs, unsigned int nspecs) {
	free((void *)$1);
	free(plans$argnum);
	Py_XDECREF(kept$argnum);
}
/* The specs are the second argument of vtune_place_together(). */
%typemap(in, numinputs=0) struct vtune_plan **plans ""
%typemap(check) struct vtune_plan **plans "$1 = plans2;"
%typemap(argout) struct vtune_plan **plans {
	if (result == 0) {
		Py_XDECREF(resultobj);
		resultobj = PyList_New((Py_ssize_t)arg3);
		for (unsigned int i = 0; i < arg3; i++) {
			PyObject *plan = SWIG_NewPointerObj($1[i],
							    $descriptor(struct vtune_plan *),
							    SWIG_POINTER_OWN);

			if (resultobj && plan)
				PyList_SET_ITEM(resultobj, (Py_ssize_t)i, plan);
			else
				Py_XDECREF(plan);
		}
		if (PyErr_Occurred()) {
			Py_CLEAR(resultobj);
			SWIG_fail;
		}
	}
}

/* Texts, and connections, in. The tuple keeps them. */
%typemap(in) (const char *const *xml, unsigned int count) (PyObject *kept = NULL) {
	kept = PySequence_Tuple($input);
	if (!kept)
		SWIG_fail;
	if (PyTuple_GET_SIZE(kept) > 1000000)
		SWIG_exception_fail(SWIG_OverflowError, "too many texts");
	$2 = (unsigned int)PyTuple_GET_SIZE(kept);
	$1 = ($1_ltype)calloc((size_t)$2 + 1, sizeof(*$1));
	if (!$1)
		SWIG_exception_fail(SWIG_MemoryError, "out of memory");
	for (unsigned int i = 0; i < $2; i++) {
		((const char **)$1)[i] = text_of(PyTuple_GET_ITEM(kept, i));
		if (!$1[i])
			SWIG_fail;
	}
}
%typemap(freearg) (const char *const *xml, unsigned int count) {
	free((void *)$1);
	Py_XDECREF(kept$argnum);
}
%typemap(in) (struct vtune_connection *const *connections, unsigned int count)
	(PyObject *kept = NULL) {
	kept = PySequence_Tuple($input);
	if (!kept)
		SWIG_fail;
	if (PyTuple_GET_SIZE(kept) > 1000000)
		SWIG_exception_fail(SWIG_OverflowError, "too many connections");
	$2 = (unsigned int)PyTuple_GET_SIZE(kept);
	$1 = ($1_ltype)calloc((size_t)$2 + 1, sizeof(*$1));
	if (!$1)
		SWIG_exception_fail(SWIG_MemoryError, "out of memory");
	for (unsigned int i = 0; i < $2; i++) {
		void *connection = NULL;
		int status = SWIG_ConvertPtr(PyTuple_GET_ITEM(kept, i), &connection,
					     $descriptor(struct vtune_connection *), 0);

		if (!SWIG_IsOK(status))
			SWIG_exception_fail(SWIG_ArgError(status), "not a connection");
		((struct vtune_connection **)$1)[i] = (struct vtune_connection *)connection;
	}
}
%typemap(freearg) (struct vtune_connection *const *connections, unsigned int count) {
	free((void *)$1);
	Py_XDECREF(kept$argnum);
}

/* ---- libvirt-python ---- */

/* Its objects hold what is theirs in a capsule. */
%typemap(in) struct _virConnect *connection {
	if (!PyCapsule_IsValid($input, "virConnectPtr"))
		SWIG_exception_fail(SWIG_TypeError, "no open libvirt.virConnect");
	$1 = (struct _virConnect *)PyCapsule_GetPointer($input, "virConnectPtr");
}
%newobject vtune_connection_from_libvirt;
%{
/* As libvtune-libvirt.h has it; libvirt's own headers are not needed for this. */
struct _virConnect;
struct vtune_connection *vtune_connection_from_libvirt(struct _virConnect *connection,
						       struct vtune_error **err);
%}
struct vtune_connection *vtune_connection_from_libvirt(struct _virConnect *connection,
						       struct vtune_error **err);

/* The version of the header that the glue was made of. */
%constant char *HEADER_VERSION = VTUNE_VERSION;

%include "../vtune.i"
