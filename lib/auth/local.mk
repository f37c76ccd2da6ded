libsarkcommon_la_SOURCES += \
	%D%/account.c %D%/account.h \
	%D%/bearer.c %D%/bearer.h \
	%D%/catalogue.c %D%/catalogue.h \
	%D%/group.c %D%/group.h \
	%D%/login.c %D%/login.h \
	%D%/rbac.c %D%/rbac.h \
	%D%/refresh.c %D%/refresh.h \
	%D%/session.c %D%/session.h \
	%D%/session_end.c %D%/session_end.h \
	%D%/standing.c %D%/standing.h \
	%D%/standing_record.c %D%/standing_record.h \
	%D%/token.c %D%/token.h \
	%D%/token_cache.c %D%/token_cache.h \
	%D%/user.c %D%/user.h \
	%D%/user_list.c %D%/user_list.h \
	%D%/username.c %D%/username.h
