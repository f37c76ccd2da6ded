#include "auth/role.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/event.h"
#include "auth/catalogue.h"
#include "auth/grant.h"
#include "auth/rbac.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/permission.h"
#include "base/str.h"
#include "crypto/seal.h"
#include "crypto/version.h"

#define CURSOR	     "cursor:roles"
#define NAME_MAX_LEN 63

static struct sark_role *
built_in_role(void *ctx, const char *name)
{
	struct sark_role *role = sark_new(ctx, struct sark_role);

	role->name = sark_strdup(ctx, name);
	role->description = "";
	role->created_by = "";
	role->built_in = true;
	role->permissions = sark_rbac_built_in(ctx, name);
	return role;
}

int
sark_role_get(struct sark_app *app, const char *name, struct sark_role **role_r,
    struct sark_err *err)
{
	int found;

	if (sark_rbac_known(name)) {
		*role_r = built_in_role(app->mem, name);
		return 0;
	}
	found = sark_roles_get(app->pg, app->mem, name, role_r, err);
	if (found == 0)
		sark_err_set(err, SARK_NOT_FOUND, "no such role");
	return found == 1 ? 0 : -1;
}

int
sark_role_list(struct sark_app *app, int64_t limit, const char *cursor,
    struct sark_role_page *page_r, struct sark_err *err)
{
	struct sark_roles *roles = &page_r->roles;
	char *after = NULL;
	size_t i;

	if (limit == 0)
		limit = SARK_ROLE_PAGE;
	if (cursor != NULL &&
	    sark_seal_verify(app->seal, app->mem, CURSOR, cursor, &after) != 1)
		return sark_err_set(
		    err, SARK_INVALID_CURSOR, "the cursor is not one of ours");
	/* One more says whether there is more. */
	if (sark_roles_list(app->pg, app->mem, sark_rbac_names, after,
		limit + 1, roles, err) == -1)
		return -1;
	for (i = 0; i < roles->count; i++)
		if (roles->items[i].built_in)
			roles->items[i].permissions =
			    sark_rbac_built_in(app->mem, roles->items[i].name);
	page_r->next_cursor = NULL;
	if (roles->count > (size_t)limit) {
		roles->count = (size_t)limit;
		page_r->next_cursor = sark_seal_sign(
		    app->seal, app->mem, CURSOR, roles->items[limit - 1].name);
	}
	return 0;
}

static bool
is_name(const char *name)
{
	return *name >= 'a' && *name <= 'z' && strlen(name) <= NAME_MAX_LEN &&
	    sark_str_of(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
}

static void
check_permissions(const char *const *permissions, struct sark_err *err)
{
	char pointer[64];
	size_t i;

	for (i = 0; permissions[i] != NULL; i++) {
		if (sark_permission_known(permissions[i]))
			continue;
		snprintf(pointer, sizeof(pointer), "/permissions/%zu", i);
		sark_err_field(err, pointer, "there is no such permission");
	}
}

static int
by_word(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, each once: the same role has the same version. */
static const char *const *
in_order(void *ctx, const char *const *permissions)
{
	const char **list;
	size_t i, n = 0, count = 0;

	while (permissions[n] != NULL)
		n++;
	list = sark_new_array(ctx, const char *, n + 1);
	for (i = 0; i < n; i++)
		if (!sark_str_in(permissions[i], list))
			list[count++] = permissions[i];
	qsort(list, count, sizeof(*list), by_word);
	return list;
}

int
sark_role_draft(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_new_role *in, struct sark_role **role_r,
    struct sark_err *err)
{
	struct sark_role *role = sark_new(app->mem, struct sark_role);

	if (!is_name(in->name))
		sark_err_field(err, "/name",
		    "must be a lower-case letter and up to %d more, digits "
		    "and _",
		    NAME_MAX_LEN - 1);
	check_permissions(in->permissions, err);
	if (err->code == SARK_OK && sark_rbac_known(in->name))
		sark_err_set(err, SARK_CONFLICT, "this role is built in");
	if (err->code != SARK_OK)
		return -1;
	role->name = in->name;
	role->description = in->description == NULL ? "" : in->description;
	role->permissions = in_order(app->mem, in->permissions);
	role->created_by = caller->username;
	role->created_at = role->updated_at = caller->time_ns / 1000000;
	*role_r = role;
	return 0;
}

/* A change of a role on its way. */
struct change {
	struct sark_app *app;
	const struct sark_caller *caller;
	const char *event;
	struct sark_role *role;
	const struct sark_new_role *in;
	const char *const *versions;
	const char *const *before;    /* permissions that it had */
	struct sark_generation_of of; /* NULL: nobody has the role */
};

static const char *
detail_of(const struct change *change)
{
	struct sark_buf buf;
	struct sark_jw jw;

	sark_buf_init(&buf, change->app->mem);
	sark_jw_init(&jw, &buf);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_list(&jw, "permissions", change->role->permissions);
	if (change->before != NULL)
		sark_jw_list(&jw, "previous", change->before);
	sark_jw_close(&jw);
	return buf.data;
}

static int
record(const struct change *change, struct sark_tx *tx, struct sark_err *err)
{
	struct sark_event event;

	sark_event_init(&event, change->caller, change->event);
	event.severity = sark_str_in("*", change->role->permissions)
	    ? SARK_SEVERITY_HIGH
	    : SARK_SEVERITY_MEDIUM;
	event.action = "role:write";
	event.resource = change->role->name;
	event.detail = detail_of(change);
	return sark_audit_in(tx, &event, err);
}

static int
commit(struct change *change,
    int (*apply)(void *, struct sark_tx *, struct sark_err *),
    struct sark_err *err)
{
	const struct sark_grant grant = { change->app, change->of, apply,
		change };

	return sark_grant_commit(&grant, err);
}

static int
apply_add(void *arg, struct sark_tx *tx, struct sark_err *err)
{
	struct change *change = arg;
	void *mem = change->app->mem;

	if (sark_grant_may(tx, mem, change->caller, NULL,
		change->role->permissions, err) == -1 ||
	    sark_roles_insert(tx, mem, change->role, err) == -1)
		return -1;
	return record(change, tx, err);
}

int
sark_role_add(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_role *role, struct sark_err *err)
{
	struct sark_role copy = *role;
	struct change change = { .app = app,
		.caller = caller,
		.event = "role_created",
		.role = &copy };

	return commit(&change, apply_add, err);
}

/* The role as it is, under the lock. */
static int
find(struct change *change, const char *name, struct sark_err *err)
{
	if (sark_role_get(change->app, name, &change->role, err) == -1)
		return -1;
	if (change->role->built_in)
		return sark_err_set(
		    err, SARK_FORBIDDEN, "a built-in role stays as it is");
	return 0;
}

static int
check_version(const struct change *change, struct sark_err *err)
{
	struct sark_buf text;
	struct sark_jw jw;

	sark_buf_init(&text, change->app->mem);
	sark_jw_init(&jw, &text);
	sark_role_to_json(&jw, change->role);
	if (!sark_version_in(change->versions, text.data, text.len))
		return sark_err_set(err, SARK_PRECONDITION_FAILED,
		    "the role is of another version");
	return 0;
}

/* Those of after that before does not cover. */
static const char *const *
added(void *ctx, const char *const *before, const char *const *after)
{
	const char **list;
	size_t n = 0, count = 0;

	while (after[n] != NULL)
		n++;
	list = sark_new_array(ctx, const char *, n + 1);
	for (; *after != NULL; after++)
		if (!sark_permission_in(before, *after))
			list[count++] = *after;
	return list;
}

static int
apply_change(void *arg, struct sark_tx *tx, struct sark_err *err)
{
	struct change *change = arg;
	const struct sark_new_role *in = change->in;
	void *mem = change->app->mem;
	struct sark_role *role;

	if (find(change, in->name, err) == -1 ||
	    check_version(change, err) == -1)
		return -1;
	role = change->role;
	change->before = role->permissions;
	role->description = in->description == NULL ? "" : in->description;
	role->permissions = in_order(mem, in->permissions);
	role->updated_at = change->caller->time_ns / 1000000;
	if (sark_grant_may(tx, mem, change->caller, NULL,
		added(mem, change->before, role->permissions), err) == -1 ||
	    sark_roles_update(tx, mem, role, err) == -1)
		return -1;
	return record(change, tx, err);
}

int
sark_role_change(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_new_role *in, const char *const *versions,
    struct sark_role **role_r, struct sark_err *err)
{
	struct change change = { .app = app,
		.caller = caller,
		.event = "role_changed",
		.in = in,
		.versions = versions,
		.of = { "all", "" } };

	check_permissions(in->permissions, err);
	if (err->code != SARK_OK || commit(&change, apply_change, err) == -1)
		return -1;
	*role_r = change.role;
	return 0;
}

static int
apply_remove(void *arg, struct sark_tx *tx, struct sark_err *err)
{
	struct change *change = arg;

	if (find(change, change->in->name, err) == -1 ||
	    sark_roles_delete(tx, change->role->name, err) == -1)
		return -1;
	return record(change, tx, err);
}

int
sark_role_remove(struct sark_app *app, const struct sark_caller *caller,
    const char *name, struct sark_err *err)
{
	const struct sark_new_role in = { .name = name };
	struct change change = {
		.app = app, .caller = caller, .event = "role_removed", .in = &in
	};

	return commit(&change, apply_remove, err);
}

void
sark_role_to_json(struct sark_jw *jw, const struct sark_role *role)
{
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "name", role->name);
	sark_jw_str(jw, "description", role->description);
	sark_jw_list(jw, "permissions", role->permissions);
	sark_jw_bool(jw, "built_in", role->built_in);
	if (!role->built_in) {
		sark_jw_str(jw, "created_by", role->created_by);
		sark_jw_time(jw, "created_at", role->created_at);
		sark_jw_time(jw, "updated_at", role->updated_at);
	}
	sark_jw_close(jw);
}
