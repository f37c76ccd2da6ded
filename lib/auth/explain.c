#include "auth/explain.h"

#include <stdlib.h>
#include <string.h>

#include "auth/rbac.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"

int
sark_explain(struct sark_app *app, const char *user_id,
    struct sark_explanation *explanation_r, struct sark_err *err)
{
	struct sark_user *user = NULL;
	int found = 0;

	if (sark_uuid_valid(user_id))
		found =
		    sark_users_by_id(app->pg, app->mem, user_id, &user, err);
	if (found == 0)
		sark_err_set(err, SARK_NOT_FOUND, "no such user");
	if (found != 1)
		return -1;
	explanation_r->user = user;
	return sark_roles_given(
	    app->pg, app->mem, user_id, &explanation_r->givens, err);
}

/* Why a role has no effect now, NULL if it has. */
static const char *
hindrance(
    const struct sark_explanation *explanation, const struct sark_given *given)
{
	if (explanation->user->disabled_at != 0)
		return "user_disabled";
	if (!sark_str_eq(given->state, "active"))
		return given->state;
	if (!given->own && !sark_rbac_known(given->role))
		return "no_such_role";
	return NULL;
}

/* The members of a source; the object is open. */
static void
write_source(struct sark_jw *jw, const struct sark_given *given)
{
	bool plain = *given->binding_id == '\0';

	sark_jw_str(jw, "role", given->role);
	sark_jw_str(jw, "source",
	    plain			? "user"
		: *given->group != '\0' ? "group"
					: "binding");
	if (!plain)
		sark_jw_str(jw, "binding_id", given->binding_id);
	if (*given->group != '\0')
		sark_jw_str(jw, "group", given->group);
	if (*given->scope_type != '\0') {
		sark_jw_open(jw, "scope", '{');
		sark_jw_str(jw, "type", given->scope_type);
		sark_jw_str(jw, "id", given->scope_id);
		sark_jw_close(jw);
	}
	if (given->expires_at != 0)
		sark_jw_time(jw, "expires_at", given->expires_at);
	if (given->changes_at != 0)
		sark_jw_time(jw, "changes_at", given->changes_at);
}

/* One permission that one role in effect gives. */
struct gain {
	const char *permission;
	size_t given; /* index, so that a sort keeps the order */
};

static int
by_permission(const void *a, const void *b)
{
	const struct gain *x = a, *y = b;
	int order = strcmp(x->permission, y->permission);

	return order != 0 ? order
			  : (x->given > y->given) - (x->given < y->given);
}

struct gains {
	struct gain *items;
	size_t count;
};

static void
add_gains(void *mem, const struct sark_explanation *explanation, size_t i,
    struct gains *gains)
{
	const struct sark_given *given = &explanation->givens.items[i];
	const char *const *p = given->permissions;
	size_t n = 0;

	if (hindrance(explanation, given) != NULL)
		return;
	if (!given->own)
		p = sark_rbac_built_in(mem, given->role);
	while (p[n] != NULL)
		n++;
	gains->items = sark_mem_check(talloc_realloc(mem, gains->items,
	    struct gain, (unsigned int)(gains->count + n + 1)));
	for (; *p != NULL; p++)
		gains->items[gains->count++] = (struct gain){ *p, i };
}

static void
write_gains(struct sark_jw *jw, const struct sark_explanation *explanation,
    const struct gains *gains)
{
	const struct gain *gain, *last = NULL;
	size_t i;

	sark_jw_open(jw, "permissions", '[');
	for (i = 0; i < gains->count; i++) {
		gain = &gains->items[i];
		if (last == NULL ||
		    !sark_str_eq(last->permission, gain->permission)) {
			if (last != NULL) {
				sark_jw_close(jw);
				sark_jw_close(jw);
			}
			sark_jw_open(jw, NULL, '{');
			sark_jw_str(jw, "permission", gain->permission);
			sark_jw_open(jw, "from", '[');
		}
		sark_jw_open(jw, NULL, '{');
		write_source(jw, &explanation->givens.items[gain->given]);
		sark_jw_close(jw);
		last = gain;
	}
	if (last != NULL) {
		sark_jw_close(jw);
		sark_jw_close(jw);
	}
	sark_jw_close(jw);
}

static void
write_hindered(struct sark_jw *jw, const struct sark_explanation *explanation)
{
	const struct sark_given *given;
	const char *why;
	size_t i;

	sark_jw_open(jw, "not_in_effect", '[');
	for (i = 0; i < explanation->givens.count; i++) {
		given = &explanation->givens.items[i];
		why = hindrance(explanation, given);
		if (why == NULL)
			continue;
		sark_jw_open(jw, NULL, '{');
		write_source(jw, given);
		sark_jw_str(jw, "reason", why);
		sark_jw_close(jw);
	}
	sark_jw_close(jw);
}

void
sark_explain_to_json(struct sark_app *app, struct sark_jw *jw,
    const struct sark_explanation *explanation)
{
	static const char *const none[] = { NULL };
	const struct sark_user *user = explanation->user;
	struct gains gains = { .items = NULL };
	size_t i;

	for (i = 0; i < explanation->givens.count; i++)
		add_gains(app->mem, explanation, i, &gains);
	if (gains.count > 0)
		qsort(gains.items, gains.count, sizeof(*gains.items),
		    by_permission);
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "user_id", user->user_id);
	sark_jw_str(jw, "username", user->username);
	sark_jw_bool(jw, "disabled", user->disabled_at != 0);
	sark_jw_list(jw, "roles", user->disabled_at != 0 ? none : user->roles);
	write_gains(jw, explanation, &gains);
	write_hindered(jw, explanation);
	sark_jw_time(jw, "until", user->effective.until_ms);
	sark_jw_close(jw);
}
