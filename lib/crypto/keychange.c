#include "crypto/keychange.h"

#include <errno.h>
#include <libgen.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/b64.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "crypto/keylist.h"
#include "crypto/keypair.h"

int
sark_keychange_store_secret(
    const char *path, const char *text, struct sark_err *err)
{
	char *copy = sark_strdup(NULL, path);
	struct stat folder;
	bool shared;
	int ret = -1;

	if (stat(dirname(copy), &folder) == -1) {
		sark_err_set(err, SARK_CONFIG, "%s: %s", path, strerror(errno));
		goto out;
	}
	shared = (folder.st_mode & S_IXGRP) != 0;
	if (sark_file_replace(
		path, text, strlen(text), shared ? 0640 : 0600, err) == -1)
		goto out;
	if (shared && chown(path, (uid_t)-1, folder.st_gid) == -1) {
		sark_err_set(err, SARK_CONFIG, "%s: cannot give it to group %u",
		    path, (unsigned int)folder.st_gid);
		goto out;
	}
	ret = 0;
out:
	talloc_free(copy);
	return ret;
}

/* "20261121-" and eight random letters. */
static char *
new_kid(void *ctx, int64_t now_ms)
{
	char random[SARK_B64URL_TEXT(6)], day[SARK_TIME_TEXT];
	unsigned char bytes[6];

	sark_random(bytes, sizeof(bytes));
	sark_b64url_encode(random, bytes, sizeof(bytes));
	sark_time_format(day, now_ms);
	return sark_format(
	    ctx, "%.4s%.2s%.2s-%s", day, day + 5, day + 8, random);
}

/* Writes the files of a new key and puts it at the end of the list. */
static int
add_key(void *ctx, const struct sark_keychange *change,
    struct sark_keylist *list, enum sark_key_state state, struct sark_err *err)
{
	char *kid = new_kid(ctx, change->now_ms);
	char *private, *public;

	if (sark_key_folder(change->dir, err) == -1 ||
	    sark_keypair_make(ctx, &private, &public, err) == -1 ||
	    sark_keychange_store_secret(
		sark_key_path(ctx, change->dir, kid, SARK_KEY_PRIVATE), private,
		err) == -1 ||
	    sark_file_replace(
		sark_key_path(ctx, change->dir, kid, SARK_KEY_PUBLIC), public,
		strlen(public), 0644, err) == -1)
		return -1;
	list->keys = sark_mem_check(talloc_realloc(ctx, list->keys,
	    struct sark_key_entry, (unsigned int)list->count + 1));
	list->keys[list->count++] = (struct sark_key_entry){
		.kid = kid,
		.state = state,
		.created_ms = change->now_ms,
	};
	return 0;
}

static struct sark_key_entry *
in_state(const struct sark_keylist *list, enum sark_key_state state)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->keys[i].state == state)
			return &list->keys[i];
	return NULL;
}

/* Reads the list; one that is not there yet is empty. */
static int
read_list(void *ctx, const struct sark_keychange *change,
    struct sark_keylist *list, struct sark_err *err)
{
	char *path = sark_key_path(ctx, change->dir, "keyring", SARK_KEY_LIST);

	if (access(path, F_OK) == -1 && errno == ENOENT) {
		*list = (struct sark_keylist){ NULL, 0 };
		return 0;
	}
	return sark_keylist_read(ctx, change->dir, list, err);
}

static void
remove_file(void *ctx, const struct sark_keychange *change, const char *kid,
    const char *suffix)
{
	/* What stays behind is named by no list and does no harm. */
	(void)unlink(sark_key_path(ctx, change->dir, kid, suffix));
}

int
sark_keychange_make(const struct sark_keychange *change, struct sark_err *err)
{
	void *ctx = sark_mem_check(talloc_new(NULL));
	struct sark_keylist list;
	int ret = -1;

	if (read_list(ctx, change, &list, err) == -1)
		goto out;
	if (in_state(&list, SARK_KEY_NEXT) != NULL) {
		ret = 0;
		goto out;
	}
	if (add_key(ctx, change, &list,
		in_state(&list, SARK_KEY_ACTIVE) == NULL ? SARK_KEY_ACTIVE
							 : SARK_KEY_NEXT,
		err) == 0)
		ret = sark_keylist_write(change->dir, &list, err);
out:
	talloc_free(ctx);
	return ret;
}

/* Takes keys that verify nothing any more off the list; returns them. */
static struct sark_keylist
forget(
    void *ctx, const struct sark_keychange *change, struct sark_keylist *list)
{
	struct sark_keylist gone = {
		sark_new_array(ctx, struct sark_key_entry, list->count + 1), 0
	};
	size_t i, kept = 0;

	for (i = 0; i < list->count; i++) {
		if (list->keys[i].state == SARK_KEY_RETIRED &&
		    list->keys[i].verify_until_ms <= change->now_ms)
			gone.keys[gone.count++] = list->keys[i];
		else
			list->keys[kept++] = list->keys[i];
	}
	list->count = kept;
	return gone;
}

static void
retire(struct sark_key_entry *key, int64_t now_ms, int64_t verify_until_ms)
{
	key->state = SARK_KEY_RETIRED;
	key->retired_ms = now_ms;
	key->verify_until_ms = verify_until_ms;
}

int
sark_keychange_rotate(const struct sark_keychange *change, struct sark_err *err)
{
	void *ctx = sark_mem_check(talloc_new(NULL));
	struct sark_keylist list, gone;
	struct sark_key_entry *old;
	const char *retired = NULL;
	int ret = -1;
	size_t i;

	if (read_list(ctx, change, &list, err) == -1)
		goto out;
	gone = forget(ctx, change, &list);
	if (in_state(&list, SARK_KEY_NEXT) == NULL &&
	    add_key(ctx, change, &list, SARK_KEY_NEXT, err) == -1)
		goto out;
	old = in_state(&list, SARK_KEY_ACTIVE);
	if (old != NULL) {
		retired = old->kid;
		retire(old, change->now_ms, change->now_ms + change->verify_ms);
	}
	in_state(&list, SARK_KEY_NEXT)->state = SARK_KEY_ACTIVE;
	if (sark_keylist_write(change->dir, &list, err) == -1)
		goto out;
	if (retired != NULL)
		remove_file(ctx, change, retired, SARK_KEY_PRIVATE);
	for (i = 0; i < gone.count; i++)
		remove_file(ctx, change, gone.keys[i].kid, SARK_KEY_PUBLIC);
	ret = 0;
out:
	talloc_free(ctx);
	return ret;
}

int
sark_keychange_retire(
    const struct sark_keychange *change, const char *kid, struct sark_err *err)
{
	void *ctx = sark_mem_check(talloc_new(NULL));
	struct sark_key_entry *key = NULL;
	struct sark_keylist list;
	int ret = -1;
	size_t i;

	if (sark_keylist_read(ctx, change->dir, &list, err) == -1)
		goto out;
	for (i = 0; i < list.count; i++)
		if (sark_str_eq(list.keys[i].kid, kid))
			key = &list.keys[i];
	if (key == NULL) {
		sark_err_set(err, SARK_NOT_FOUND, "no key %s", kid);
		goto out;
	}
	if (key->state == SARK_KEY_ACTIVE) {
		sark_err_set(
		    err, SARK_CONFLICT, "key %s is active: rotate first", kid);
		goto out;
	}
	retire(key, change->now_ms, change->now_ms);
	ret = sark_keylist_write(change->dir, &list, err);
	if (ret == 0)
		remove_file(ctx, change, kid, SARK_KEY_PRIVATE);
out:
	talloc_free(ctx);
	return ret;
}
