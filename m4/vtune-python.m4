# SPDX-License-Identifier: LGPL-2.1-or-later

# VTUNE_PYTHON: --enable-python. Sets vtune_python to "yes (...)" or to why not.
AC_DEFUN([VTUNE_PYTHON], [
	AC_ARG_ENABLE([python],
		[AS_HELP_STRING([--enable-python=auto|yes|no],
			[build the Python package (default: if Python and SWIG are there)])],
		[], [enable_python=auto])
	# automake would prefer a "python" that is not the system's own.
	m4_define([_AM_PYTHON_INTERPRETER_LIST], [python3 python])
	AM_PATH_PYTHON([3.9], [], [:])
	AC_PATH_PROG([SWIG], [swig])
	VTUNE_PYTHON_LACKS
	AS_IF([test -z "$vtune_python_lacks"],
		[vtune_python="yes (Python $PYTHON_VERSION, into $pyexecdir)"],
		[vtune_python="no: $vtune_python_lacks"
		 AS_IF([test "$enable_python" = yes],
			[AC_MSG_ERROR([the Python package cannot be built: $vtune_python_lacks])])])
	AC_SUBST([vtune_python_lacks])
	AM_CONDITIONAL([HAVE_PYTHON], [test -z "$vtune_python_lacks"])
	AM_CONDITIONAL([WANT_PYTHON], [test "$enable_python" != no])
])

# Set vtune_python_lacks, PYTHON_CPPFLAGS, PYTHON_EXT_SUFFIX and pyexecdir.
AC_DEFUN([VTUNE_PYTHON_LACKS], [
	vtune_python_lacks=
	AS_IF([test "$enable_python" = no], [vtune_python_lacks="--enable-python=no"],
		[test "$enable_shared" = no], [vtune_python_lacks="it needs the shared library"],
		[test "$enable_sanitizers" = yes],
			[vtune_python_lacks="Python does not load code with sanitizers"],
		[test "$PYTHON" = :], [vtune_python_lacks="there is no Python >= 3.9"],
		[test -z "$SWIG"], [vtune_python_lacks="there is no SWIG"],
		[AS_VERSION_COMPARE([$("$SWIG" -version | $SED -n 's/^SWIG Version //p')], [4.0],
			[vtune_python_lacks="SWIG is older than 4.0"])])
	AS_IF([test -z "$vtune_python_lacks"], [
		PYTHON_CPPFLAGS=-I$($PYTHON -c 'import sysconfig; print(sysconfig.get_path("include"))')
		PYTHON_EXT_SUFFIX=$($PYTHON -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))')
		AC_MSG_CHECKING([for the headers of $PYTHON])
		vtune_saved_cppflags=$CPPFLAGS
		CPPFLAGS="$CPPFLAGS $PYTHON_CPPFLAGS"
		AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <Python.h>]], [])],
			[AC_MSG_RESULT([yes])],
			[AC_MSG_RESULT([no])
			 vtune_python_lacks="there are no headers of $PYTHON"])
		CPPFLAGS=$vtune_saved_cppflags
		VTUNE_PYEXECDIR
	])
	AC_SUBST([PYTHON_CPPFLAGS])
	AC_SUBST([PYTHON_EXT_SUFFIX])
])

# The folder under the prefix in which this Python looks for packages, as some
# distributions have names of their own for it; else the usual one.
AC_DEFUN([VTUNE_PYEXECDIR], [
	AC_MSG_CHECKING([where packages of $PYTHON go])
	vtune_prefix=$prefix
	test "$vtune_prefix" = NONE && vtune_prefix=$ac_default_prefix
	pyexecdir='${exec_prefix}'/$($PYTHON - "$vtune_prefix" << \VTUNE_END
import os, re, site, sys
version = "%d.%d" % sys.version_info[[:2]]
inside = [[os.path.relpath(path, sys.argv[1]) for path in site.getsitepackages()]]
known = [[path for path in inside if re.match("lib(64)?/", path)]]
print((known + [["lib/python%s/site-packages" % version]])[[0]])
VTUNE_END
)
	AC_MSG_RESULT([$pyexecdir])
])
