#include "auth/new_password.h"

#include <stdbool.h>
#include <string.h>

#include "auth/blocklist.h"
#include "base/mem.h"
#include "base/str.h"
#include "conf/conf.h"
#include "crypto/hash_slots.h"
#include "crypto/password.h"
#include "crypto/secret.h"
#include "store/passwords.h"
#include "store/users.h"

/* A shorter user name is in many a good password by chance. */
#define NAME_MIN 4

static int64_t
characters(const char *s)
{
	int64_t n = 0;

	for (; *s != '\0'; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

static bool
holds_name(void *ctx, const char *password, const char *name)
{
	char *lower = sark_secret_dup(ctx, password, strlen(password));

	sark_str_lower(lower);
	return strlen(name) >= NAME_MIN && strstr(lower, name) != NULL;
}

static int
check(struct sark_app *app, const struct sark_user *user, const char *pointer,
    const char *password, struct sark_err *err)
{
	int64_t min = app->conf->password_min_length;

	if (characters(password) < min)
		return sark_err_field(err, pointer,
		    "must have at least %lld characters", (long long)min);
	if (strlen(password) > SARK_PASSWORD_MAX)
		return sark_err_field(err, pointer,
		    "must have at most %d bytes", SARK_PASSWORD_MAX);
	if (holds_name(app->mem, password, user->username_norm))
		return sark_err_field(
		    err, pointer, "must not contain the user name");
	if (sark_blocklist_has(app->common, password))
		return sark_err_field(
		    err, pointer, "is one of those that everybody tries first");
	return 0;
}

static int
check_last(struct sark_app *app, const struct sark_user *user,
    const char *pointer, const char *password, struct sark_err *err)
{
	const struct sark_password_cost none = { 0, 0 };
	int64_t n = app->conf->password_history;
	const char *const *hashes;
	bool rehash;

	if (n == 0 || user->user_id == NULL)
		return 0;
	if (sark_passwords_last(
		app->pg, app->mem, user->user_id, n, &hashes, err) == -1)
		return -1;
	for (; *hashes != NULL; hashes++)
		if (sark_password_verify(*hashes, password, strlen(password),
			&none, &rehash) == 1)
			return sark_err_field(err, pointer,
			    "must not be one of the last %lld passwords",
			    (long long)n);
	return 0;
}

int
sark_new_password(struct sark_app *app, const struct sark_user *user,
    const char *pointer, const char *password, const char **hash_r,
    struct sark_err *err)
{
	const struct sark_password_cost cost = {
		.memory_kib = app->conf->argon2_memory_kib,
		.passes = app->conf->argon2_passes,
	};
	char *hash = sark_new_array(app->mem, char, SARK_PASSWORD_TEXT);
	int ret;

	if (check(app, user, pointer, password, err) == -1 ||
	    sark_hash_slots_take(app->slots, err) == -1)
		return -1;
	ret = check_last(app, user, pointer, password, err);
	if (ret == 0)
		sark_password_hash(hash, password, strlen(password), &cost);
	sark_hash_slots_give(app->slots);
	*hash_r = hash;
	return ret;
}
