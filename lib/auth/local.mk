libsarkcommon_la_SOURCES += \
	%D%/account.c %D%/account.h \
	%D%/apikey.c %D%/apikey.h \
	%D%/apikey_change.c %D%/apikey_change.h \
	%D%/apikey_new.c %D%/apikey_new.h \
	%D%/apikey_use.c %D%/apikey_use.h \
	%D%/bearer.c %D%/bearer.h \
	%D%/binding.c %D%/binding.h \
	%D%/blocklist.c %D%/blocklist.h \
	%D%/catalogue.c %D%/catalogue.h \
	%D%/explain.c %D%/explain.h \
	%D%/grant.c %D%/grant.h \
	%D%/group.c %D%/group.h \
	%D%/introspect.c %D%/introspect.h \
	%D%/key_use.c %D%/key_use.h \
	%D%/key_text.c %D%/key_text.h \
	%D%/directory.c %D%/directory.h %D%/directory_priv.h \
	%D%/directory_groups.c \
	%D%/directory_map.c \
	%D%/directory_open.c \
	%D%/directory_verdict.c \
	%D%/ldap.c %D%/ldap.h \
	%D%/ldap_sync.c %D%/ldap_sync.h \
	%D%/ldap_user.c %D%/ldap_user.h \
	%D%/enrol.c %D%/enrol.h \
	%D%/factor.c %D%/factor.h \
	%D%/lockout.c %D%/lockout.h \
	%D%/login.c %D%/login.h \
	%D%/mfa.c %D%/mfa.h \
	%D%/qr.c %D%/qr.h \
	%D%/new_password.c %D%/new_password.h \
	%D%/privilege.c %D%/privilege.h \
	%D%/rbac.c %D%/rbac.h \
	%D%/refresh.c %D%/refresh.h \
	%D%/role.c %D%/role.h \
	%D%/rotation.c %D%/rotation.h \
	%D%/scope.c %D%/scope.h \
	%D%/session.c %D%/session.h \
	%D%/session_end.c %D%/session_end.h \
	%D%/session_list.c %D%/session_list.h \
	%D%/standing.c %D%/standing.h \
	%D%/standing_record.c %D%/standing_record.h \
	%D%/token.c %D%/token.h \
	%D%/token_cache.c %D%/token_cache.h \
	%D%/totp.c %D%/totp.h \
	%D%/user.h \
	%D%/user_add.c \
	%D%/user_change.c \
	%D%/user_check.c %D%/user_check.h \
	%D%/user_edit.c %D%/user_edit.h \
	%D%/user_list.c %D%/user_list.h \
	%D%/user_password.c %D%/user_password.h \
	%D%/username.c %D%/username.h \
	%D%/window.c %D%/window.h \
	%D%/withhold.c %D%/withhold.h
EXTRA_DIST += %D%/README
