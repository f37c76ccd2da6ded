#include "auth/binding.h"

#include <string.h>

#include "audit/event.h"
#include "auth/grant.h"
#include "auth/group.h"
#include "auth/role.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/seal.h"
#include "store/apikeys.h"
#include "store/users.h"

#define CURSOR	     "cursor:role-bindings"
#define SCOPE_ID_MAX 200

const char *const sark_scope_types[] = { "team", "server", NULL };

static const char *
text_or_empty(const char *s)
{
	return s != NULL ? s : "";
}

/* To exactly one of the three. */
static void
check_subject(struct sark_app *app, const struct sark_new_binding *in,
    struct sark_binding *binding, struct sark_err *err)
{
	int n =
	    (in->user_id != NULL) + (in->group != NULL) + (in->key_id != NULL);

	if (n != 1) {
		sark_err_field(
		    err, "", "must have one of user_id, group and api_key_id");
		return;
	}
	if (in->group == NULL)
		return;
	binding->group = sark_group_normal(app->mem, in->group);
	if (binding->group == NULL) {
		binding->group = "";
		sark_err_field(err, "/group",
		    "must be the name or DN of a group, at most %d bytes",
		    SARK_GROUP_MAX);
	}
}

static void
check_scope(const struct sark_json *scope, struct sark_binding *binding,
    struct sark_err *err)
{
	const char *type, *id;

	if (scope == NULL)
		return;
	type = sark_json_str(sark_json_get(scope, "type"));
	id = sark_json_str(sark_json_get(scope, "id"));
	if (type == NULL || !sark_str_in(type, sark_scope_types))
		sark_err_field(err, "/scope/type", "must be team or server");
	else if (id == NULL || *id == '\0' || strlen(id) > SCOPE_ID_MAX)
		sark_err_field(err, "/scope/id",
		    "must be a text of 1 to %d bytes", SCOPE_ID_MAX);
	else if (sark_str_eq(type, "server") && !sark_uuid_valid(id))
		sark_err_field(err, "/scope/id", "must be the id of a server");
	else if (sark_json_count(scope) != 2)
		sark_err_field(err, "/scope", "must have type and id alone");
	if (err->code != SARK_OK)
		return;
	binding->scope_type = type;
	binding->scope_id = id;
}

static int
read_windows(struct sark_app *app, const struct sark_new_binding *in,
    struct sark_binding *binding, struct sark_err *err)
{
	size_t i;

	binding->windows =
	    sark_new_array(app->mem, struct sark_window, in->nwindows + 1);
	binding->nwindows = in->nwindows;
	for (i = 0; i < in->nwindows; i++)
		if (sark_window_read(app, &in->windows[i], i,
			&binding->windows[i], err) == -1)
			return -1;
	return 0;
}

static int
look_up_subject(
    struct sark_app *app, struct sark_binding *binding, struct sark_err *err)
{
	struct sark_apikey *key;
	struct sark_user *user;
	int found = 1;

	if (*binding->user_id != '\0') {
		found = sark_users_by_id(
		    app->pg, app->mem, binding->user_id, &user, err);
		if (found == 0)
			sark_err_field(
			    err, "/user_id", "there is no such user");
		else if (found == 1)
			binding->username = user->username;
	} else if (*binding->key_id != '\0') {
		found = sark_apikeys_get(
		    app->pg, app->mem, binding->key_id, &key, err);
		if (found == 0)
			sark_err_field(
			    err, "/api_key_id", "there is no such API key");
	}
	return found == -1 ? -1 : 0;
}

/* Whether role and subject are there, as they are now. */
static int
look_up(
    struct sark_app *app, struct sark_binding *binding, struct sark_err *err)
{
	struct sark_err none;
	struct sark_role *role;

	sark_err_init(&none);
	if (sark_role_get(app, binding->role, &role, &none) == -1) {
		if (none.code != SARK_NOT_FOUND) {
			*err = none;
			return -1;
		}
		sark_err_field(err, "/role", "there is no such role");
	}
	if (look_up_subject(app, binding, err) == -1)
		return -1;
	return err->code == SARK_OK ? 0 : -1;
}

int
sark_binding_draft(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_new_binding *in, struct sark_binding **binding_r,
    struct sark_err *err)
{
	struct sark_binding *binding = sark_new(app->mem, struct sark_binding);

	sark_uuid_make(binding->id);
	binding->role = in->role;
	binding->user_id = text_or_empty(in->user_id);
	binding->username = binding->group = "";
	binding->key_id = text_or_empty(in->key_id);
	binding->scope_type = binding->scope_id = "";
	binding->expires_at = in->expires_at;
	binding->granted_by = caller->username;
	binding->granted_by_id = caller->user_id;
	binding->granted_at = caller->time_ns / 1000000;
	check_subject(app, in, binding, err);
	check_scope(in->scope, binding, err);
	if (in->expires_at != 0 && in->expires_at <= binding->granted_at)
		sark_err_field(err, "/expires_at", "must be a time to come");
	if (err->code != SARK_OK || read_windows(app, in, binding, err) == -1 ||
	    look_up(app, binding, err) == -1)
		return -1;
	*binding_r = binding;
	return 0;
}

/* A change of a binding on its way. */
struct change {
	struct sark_app *app;
	const struct sark_caller *caller;
	const struct sark_binding *binding;
};

static const char *
detail_of(const struct change *change)
{
	struct sark_buf buf;
	struct sark_jw jw;

	sark_buf_init(&buf, change->app->mem);
	sark_jw_init(&jw, &buf);
	sark_binding_to_json(&jw, change->binding);
	return buf.data;
}

static int
record(const struct change *change, const char *type, struct sark_tx *tx,
    struct sark_err *err)
{
	const struct sark_binding *binding = change->binding;
	struct sark_event event;

	sark_event_init(&event, change->caller, type);
	event.severity = sark_str_eq(binding->role, "admin")
	    ? SARK_SEVERITY_HIGH
	    : SARK_SEVERITY_MEDIUM;
	event.action = "role:write";
	event.resource = binding->id;
	event.reason = binding->role;
	event.detail = detail_of(change);
	return sark_audit_in(tx, &event, err);
}

static int
apply_add(void *arg, struct sark_tx *tx, struct sark_err *err)
{
	struct change *change = arg;
	void *mem = change->app->mem;
	struct sark_gift gift = { .until_ms = change->binding->expires_at };
	struct sark_role *role;

	if (sark_role_get(change->app, change->binding->role, &role, err) == -1)
		return -1;
	gift.role = role->name;
	gift.permissions = role->permissions;
	if (sark_grant_gift(tx, mem, change->caller, &gift, err) == -1 ||
	    sark_bindings_insert(tx, mem, change->binding, err) == -1)
		return -1;
	return record(change, "role_bound", tx, err);
}

static struct sark_generation_of
touched_by(const struct sark_binding *binding)
{
	struct sark_generation_of user = { "user", binding->user_id };
	struct sark_generation_of all = { "all", "" };

	return *binding->user_id != '\0' ? user : all;
}

int
sark_binding_add(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_binding *binding, struct sark_err *err)
{
	struct change change = { app, caller, binding };
	const struct sark_grant grant = { app, touched_by(binding), apply_add,
		&change };

	return sark_grant_commit(&grant, err);
}

static int
apply_remove(void *arg, struct sark_tx *tx, struct sark_err *err)
{
	struct change *change = arg;

	if (sark_bindings_delete(tx, change->binding->id, err) == -1)
		return -1;
	return record(change, "role_unbound", tx, err);
}

int
sark_binding_remove(struct sark_app *app, const struct sark_caller *caller,
    const char *id, struct sark_err *err)
{
	struct sark_binding *binding;
	struct change change = { .app = app, .caller = caller };
	struct sark_grant grant = {
		.app = app, .apply = apply_remove, .arg = &change
	};

	/* A binding never changes: whose it is can be read before. */
	if (sark_binding_get(app, id, &binding, err) == -1)
		return -1;
	change.binding = binding;
	grant.of = touched_by(binding);
	return sark_grant_commit(&grant, err);
}

int
sark_binding_get(struct sark_app *app, const char *id,
    struct sark_binding **binding_r, struct sark_err *err)
{
	int found = 0;

	if (sark_uuid_valid(id))
		found =
		    sark_bindings_get(app->pg, app->mem, id, binding_r, err);
	if (found == 0)
		sark_err_set(err, SARK_NOT_FOUND, "no such binding");
	return found == 1 ? 0 : -1;
}

int
sark_binding_list(struct sark_app *app, struct sark_binding_filter *filter,
    const char *cursor, struct sark_binding_page *page_r, struct sark_err *err)
{
	int64_t limit = filter->limit != 0 ? filter->limit : SARK_BINDING_PAGE;
	struct sark_bindings *bindings = &page_r->bindings;
	char *before = NULL;

	if (cursor != NULL &&
	    sark_seal_verify(app->seal, app->mem, CURSOR, cursor, &before) != 1)
		return sark_err_set(
		    err, SARK_INVALID_CURSOR, "the cursor is not one of ours");
	if (filter->group != NULL) {
		filter->group = sark_group_normal(app->mem, filter->group);
		if (filter->group == NULL)
			return sark_err_field(
			    err, "group", "is no name of a group");
	}
	filter->before_id = before;
	filter->limit = limit + 1; /* one more says whether there is more */
	if (sark_bindings_list(app->pg, app->mem, filter, bindings, err) == -1)
		return -1;
	page_r->next_cursor = NULL;
	if (bindings->count > (size_t)limit) {
		bindings->count = (size_t)limit;
		page_r->next_cursor = sark_seal_sign(
		    app->seal, app->mem, CURSOR, bindings->items[limit - 1].id);
	}
	return 0;
}

static void
write_subject(struct sark_jw *jw, const struct sark_binding *binding)
{
	if (*binding->user_id != '\0') {
		sark_jw_str(jw, "user_id", binding->user_id);
		sark_jw_str(jw, "username", binding->username);
	}
	if (*binding->group != '\0')
		sark_jw_str(jw, "group", binding->group);
	if (*binding->key_id != '\0')
		sark_jw_str(jw, "api_key_id", binding->key_id);
}

void
sark_binding_to_json(struct sark_jw *jw, const struct sark_binding *binding)
{
	size_t i;

	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "binding_id", binding->id);
	sark_jw_str(jw, "role", binding->role);
	write_subject(jw, binding);
	if (*binding->scope_type != '\0') {
		sark_jw_open(jw, "scope", '{');
		sark_jw_str(jw, "type", binding->scope_type);
		sark_jw_str(jw, "id", binding->scope_id);
		sark_jw_close(jw);
	}
	sark_jw_time(jw, "expires_at", binding->expires_at);
	sark_jw_open(jw, "windows", '[');
	for (i = 0; i < binding->nwindows; i++)
		sark_window_to_json(jw, &binding->windows[i]);
	sark_jw_close(jw);
	sark_jw_str(jw, "granted_by", binding->granted_by);
	sark_jw_time(jw, "granted_at", binding->granted_at);
	sark_jw_close(jw);
}
