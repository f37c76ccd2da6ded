#include "crypto/keylist.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/keypair.h"
#include "json/reader.h"
#include "json/writer.h"

#define LIST_MAX 65536
#define KEYS_MAX 64

static const char *const states[] = {
	[SARK_KEY_NEXT] = "next",
	[SARK_KEY_ACTIVE] = "active",
	[SARK_KEY_RETIRED] = "retired",
};

const char *
sark_key_state_name(enum sark_key_state state)
{
	return states[state];
}

char *
sark_key_path(
    const void *ctx, const char *dir, const char *name, const char *suffix)
{
	bool public = sark_str_eq(suffix, SARK_KEY_PUBLIC) ||
	    sark_str_eq(suffix, SARK_KEY_LIST);

	return sark_format(
	    ctx, "%s/%s%s%s", dir, public ? "public/" : "", name, suffix);
}

/* Whoever may enter the folder of keys may read the public ones. */
int
sark_key_folder(const char *dir, struct sark_err *err)
{
	char *path = sark_format(NULL, "%s/public", dir);
	int ret = 0;

	if (mkdir(path, 0755) == 0 ? chmod(path, 0755) == -1 : errno != EEXIST)
		ret = sark_err_set(
		    err, SARK_CONFIG, "%s: %s", path, strerror(errno));
	talloc_free(path);
	return ret;
}

static int
state_of(const char *name, enum sark_key_state *state_r)
{
	unsigned int i;

	for (i = 0; name != NULL && i < SARK_COUNT(states); i++)
		if (sark_str_eq(name, states[i])) {
			*state_r = (enum sark_key_state)i;
			return 0;
		}
	return -1;
}

/* A time, or 0 for null. */
static int
time_of(const struct sark_json *value, int64_t *ms_r)
{
	const char *text = sark_json_str(value);

	*ms_r = 0;
	if (sark_json_type(value) == SARK_JSON_NULL)
		return 0;
	return text == NULL ? -1 : sark_time_parse(text, ms_r);
}

/* Fills a key; returns what is wrong with it, NULL if nothing is. */
static const char *
entry_from(void *ctx, struct sark_key_entry *key, const struct sark_json *value)
{
	const char *kid = sark_json_str(sark_json_get(value, "kid"));
	const char *alg = sark_json_str(sark_json_get(value, "alg"));
	const char *state = sark_json_str(sark_json_get(value, "state"));

	if (kid == NULL || !sark_kid_valid(kid))
		return "kid";
	if (alg == NULL || !sark_str_eq(alg, "ES256"))
		return "alg";
	if (state_of(state, &key->state) == -1)
		return "state";
	if (time_of(sark_json_get(value, "created_at"), &key->created_ms) == -1)
		return "created_at";
	if (time_of(sark_json_get(value, "retired_at"), &key->retired_ms) == -1)
		return "retired_at";
	if (time_of(sark_json_get(value, "verify_until"),
		&key->verify_until_ms) == -1)
		return "verify_until";
	if (key->state == SARK_KEY_RETIRED && key->verify_until_ms == 0)
		return "verify_until";
	key->kid = sark_strdup(ctx, kid);
	return NULL;
}

static const char *
contradiction(const struct sark_keylist *list)
{
	size_t i, j, active = 0;

	for (i = 0; i < list->count; i++) {
		active += list->keys[i].state == SARK_KEY_ACTIVE;
		for (j = 0; j < i; j++)
			if (sark_str_eq(list->keys[i].kid, list->keys[j].kid))
				return "one kid twice";
	}
	return active > 1 ? "more than one active key" : NULL;
}

static const char *
list_from(void *ctx, struct sark_keylist *list, const struct sark_json *value)
{
	const struct sark_json *keys = sark_json_get(value, "keys");
	const char *wrong;
	size_t i;

	if (sark_json_type(keys) != SARK_JSON_ARRAY ||
	    sark_json_count(keys) > KEYS_MAX)
		return "no list of keys";
	list->count = sark_json_count(keys);
	list->keys =
	    sark_new_array(ctx, struct sark_key_entry, list->count + 1);
	for (i = 0; i < list->count; i++) {
		wrong =
		    entry_from(ctx, &list->keys[i], sark_json_element(keys, i));
		if (wrong != NULL)
			return sark_format(
			    ctx, "key %zu: bad %s", i + 1, wrong);
	}
	return contradiction(list);
}

int
sark_keylist_read(void *ctx, const char *dir, struct sark_keylist *list_r,
    struct sark_err *err)
{
	void *scratch = sark_mem_check(talloc_new(ctx));
	char *path = sark_key_path(scratch, dir, "keyring", SARK_KEY_LIST);
	const struct sark_json *value;
	const char *wrong;
	struct sark_err bad;
	char *text;
	size_t len;
	int ret = -1;

	sark_err_init(&bad);
	if (sark_file_read(scratch, path, LIST_MAX, &text, &len, err) == -1)
		goto out;
	if (sark_json_parse(scratch, text, len, &value, &bad) == -1) {
		sark_err_set(err, SARK_CONFIG, "%s: %s", path, bad.text);
		goto out;
	}
	wrong = list_from(ctx, list_r, value);
	if (wrong != NULL) {
		sark_err_set(err, SARK_CONFIG, "%s: %s", path, wrong);
		goto out;
	}
	ret = 0;
out:
	talloc_free(scratch);
	return ret;
}

void
sark_key_to_json(struct sark_jw *jw, const struct sark_key_entry *key)
{
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "kid", key->kid);
	sark_jw_str(jw, "alg", "ES256");
	sark_jw_str(jw, "state", states[key->state]);
	sark_jw_time(jw, "created_at", key->created_ms);
	sark_jw_time(jw, "retired_at", key->retired_ms);
	sark_jw_time(jw, "verify_until", key->verify_until_ms);
	sark_jw_close(jw);
}

int
sark_keylist_write(
    const char *dir, const struct sark_keylist *list, struct sark_err *err)
{
	void *scratch = sark_mem_check(talloc_new(NULL));
	struct sark_buf buf;
	struct sark_jw jw;
	size_t i;
	int ret;

	sark_buf_init(&buf, scratch);
	sark_jw_init(&jw, &buf);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_open(&jw, "keys", '[');
	for (i = 0; i < list->count; i++)
		sark_key_to_json(&jw, &list->keys[i]);
	sark_jw_close(&jw);
	sark_jw_close(&jw);
	sark_buf_char(&buf, '\n');
	ret = sark_key_folder(dir, err);
	if (ret == 0)
		ret = sark_file_replace(
		    sark_key_path(scratch, dir, "keyring", SARK_KEY_LIST),
		    buf.data, buf.len, 0644, err);
	talloc_free(scratch);
	return ret;
}
