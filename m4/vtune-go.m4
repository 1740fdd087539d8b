# SPDX-License-Identifier: LGPL-2.1-or-later

# VTUNE_GO: --enable-go. The Go package is built by those who use it; here it is only
# tested. Sets vtune_go to "yes (...)" or to why not.
AC_DEFUN([VTUNE_GO], [
	AC_ARG_ENABLE([go],
		[AS_HELP_STRING([--enable-go=auto|yes|no],
			[test the Go package (default: if Go is there)])],
		[], [enable_go=auto])
	AC_PATH_PROG([GO], [go])
	AC_PATH_PROG([SWIG], [swig])
	VTUNE_GO_LACKS
	AS_IF([test -z "$vtune_go_lacks"],
		[vtune_go="yes (Go $vtune_go_version)"],
		[vtune_go="no: $vtune_go_lacks"
		 AS_IF([test "$enable_go" = yes],
			[AC_MSG_ERROR([the Go package cannot be tested: $vtune_go_lacks])])])
	AC_SUBST([vtune_go_lacks])
	AM_CONDITIONAL([HAVE_GO], [test -z "$vtune_go_lacks"])
	AM_CONDITIONAL([WANT_GO], [test "$enable_go" != no])
])

# Set vtune_go_lacks and vtune_go_version.
AC_DEFUN([VTUNE_GO_LACKS], [
	vtune_go_lacks=
	AS_IF([test "$enable_go" = no], [vtune_go_lacks="--enable-go=no"],
		[test "$enable_shared" = no], [vtune_go_lacks="it needs the shared library"],
		[test "$enable_sanitizers" = yes],
			[vtune_go_lacks="Go does not load code with sanitizers"],
		[test "$cross_compiling" = yes], [vtune_go_lacks="this is a cross build"],
		[test -z "$GO"], [vtune_go_lacks="there is no Go"])
	AS_IF([test -z "$vtune_go_lacks"], [
		AC_MSG_CHECKING([for the version of $GO])
		vtune_go_version=$(GOTOOLCHAIN=local "$GO" env GOVERSION 2> /dev/null | $SED 's/^go//')
		AC_MSG_RESULT([$vtune_go_version])
		AS_VERSION_COMPARE([$vtune_go_version], [1.19], [vtune_go_lacks="Go is older than 1.19"])
		test "$(CGO_ENABLED= "$GO" env CGO_ENABLED)" = 1 ||
			vtune_go_lacks="$GO does not compile C for this machine"
		# The glue is made for an int of 64 bits.
		AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [[char big[sizeof(void *) == 8 ? 1 : -1]; (void)big;]])],
			[], [vtune_go_lacks="it needs a machine of 64 bits"])
	])
])
