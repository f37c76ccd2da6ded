# One FastCGI program an API area.
include %D%/admin/local.mk
include %D%/login/local.mk
include %D%/refresh/local.mk
include %D%/registry/local.mk
include %D%/policy/local.mk
include %D%/audit/local.mk
include %D%/status/local.mk
EXTRA_DIST += %D%/README
