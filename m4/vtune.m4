# SPDX-License-Identifier: LGPL-2.1-or-later

# VTUNE_TRY_FLAG(VARIABLE, FLAG): append FLAG to VARIABLE when $CC takes it.
AC_DEFUN([VTUNE_TRY_FLAG], [
	AC_MSG_CHECKING([whether $CC takes $2])
	vtune_saved_cflags=$CFLAGS
	# clang only warns about a flag it does not know
	CFLAGS="$CFLAGS -Werror $2"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
		[AC_MSG_RESULT([yes])
		 $1="$$1 $2"],
		[AC_MSG_RESULT([no])])
	CFLAGS=$vtune_saved_cflags
])

# VTUNE_WARNINGS: set WARN_CFLAGS; --enable-werror.
AC_DEFUN([VTUNE_WARNINGS], [
	AC_ARG_ENABLE([werror],
		[AS_HELP_STRING([--enable-werror], [treat warnings as errors])],
		[], [enable_werror=no])
	WARN_CFLAGS=
	m4_foreach_w([vtune_flag],
		[-Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wmissing-prototypes
		 -Wundef -Wwrite-strings -Wstrict-prototypes],
		[VTUNE_TRY_FLAG([WARN_CFLAGS], vtune_flag)])
	AS_IF([test "$enable_werror" = yes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
	AC_SUBST([WARN_CFLAGS])
])

# VTUNE_BUILD_KINDS: --enable-sanitizers, --enable-coverage.
AC_DEFUN([VTUNE_BUILD_KINDS], [
	AC_ARG_ENABLE([sanitizers],
		[AS_HELP_STRING([--enable-sanitizers],
			[build with the address and undefined behaviour sanitizers])],
		[], [enable_sanitizers=no])
	AC_ARG_ENABLE([coverage],
		[AS_HELP_STRING([--enable-coverage],
			[build for "make coverage" (gcc and gcovr)])],
		[], [enable_coverage=no])
	KIND_CFLAGS=
	AS_IF([test "$enable_sanitizers" = yes],
		[KIND_CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"])
	AS_IF([test "$enable_coverage" = yes],
		[KIND_CFLAGS="$KIND_CFLAGS --coverage -O0"])
	AC_SUBST([KIND_CFLAGS])
	AM_CONDITIONAL([COVERAGE], [test "$enable_coverage" = yes])
	AM_CONDITIONAL([SANITIZERS], [test "$enable_sanitizers" = yes])
])

# VTUNE_CXX_WORKS: is there a C++ compiler for the header test?
AC_DEFUN([VTUNE_CXX_WORKS], [
	AC_LANG_PUSH([C++])
	AC_CACHE_CHECK([whether there is a C++ compiler], [vtune_cv_cxx_works],
		[AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
			[vtune_cv_cxx_works=yes], [vtune_cv_cxx_works=no])])
	AC_LANG_POP([C++])
	vtune_cxx_works=$vtune_cv_cxx_works
	AM_CONDITIONAL([HAVE_CXX], [test "$vtune_cxx_works" = yes])
])

# VTUNE_VERSION_SCRIPT: can the linker restrict and version the symbols?
AC_DEFUN([VTUNE_VERSION_SCRIPT], [
	AC_CACHE_CHECK([whether the linker takes a symbol map], [vtune_cv_version_script],
		[echo 'TEST_1 { global: main; local: *; };' > conftest.map
		 vtune_saved_ldflags=$LDFLAGS
		 LDFLAGS="$LDFLAGS -Wl,--version-script=conftest.map"
		 AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
			[vtune_cv_version_script=yes], [vtune_cv_version_script=no])
		 LDFLAGS=$vtune_saved_ldflags
		 rm -f conftest.map])
	AM_CONDITIONAL([HAVE_VERSION_SCRIPT], [test "$vtune_cv_version_script" = yes])
])
