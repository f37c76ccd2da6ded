sarkexec_PROGRAMS += fcgi/admin/sark-admin
fcgi_admin_sark_admin_SOURCES = \
	%D%/delete_role.c \
	%D%/delete_role_binding.c \
	%D%/get_role.c \
	%D%/get_role_binding.c \
	%D%/get_role_bindings.c \
	%D%/get_roles.c \
	%D%/api_key_answer.c %D%/api_key_answer.h \
	%D%/api_key_input.c %D%/api_key_input.h \
	%D%/delete_api_key.c \
	%D%/get_api_key.c \
	%D%/get_api_keys.c \
	%D%/delete_user.c \
	%D%/get_user.c \
	%D%/get_user_permissions.c \
	%D%/get_users.c \
	%D%/main.c \
	%D%/post_role.c \
	%D%/post_role_binding.c \
	%D%/put_role.c \
	%D%/patch_api_key.c \
	%D%/post_api_key.c \
	%D%/post_api_key_rotate.c \
	%D%/patch_user.c \
	%D%/post_user.c \
	%D%/post_user_unlock.c \
	%D%/put_password.c \
	%D%/routes.c %D%/routes.h
fcgi_admin_sark_admin_CFLAGS = $(AM_CFLAGS) $(TALLOC_CFLAGS)
fcgi_admin_sark_admin_LDADD = libsarkcommon.la $(TALLOC_LIBS)
