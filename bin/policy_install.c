#include "policy_install.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "policy/native.h"
#include "policy/native_abi.h"
#include "proc/lock.h"

#define MANIFEST_MAX ((size_t)1 << 20)
#define HASH_PART    16 /* of the hash, in a file's name */

void
policy_manifest_of(
    void *ctx, const struct policy_build *build, struct sark_manifest *m)
{
	const struct policy_source *source = build->source;
	char revision[SARK_MANIFEST_REVISION];
	size_t i;

	memset(m, 0, sizeof(*m));
	m->entrypoint = SARK_NATIVE_ENTRYPOINT;
	m->built_at_ms = sark_clock_ms();
	m->abi = build->abi;
	m->native_abi = SARK_NATIVE_ABI;
	m->object =
	    sark_format(ctx, "policy-%.*s.so", HASH_PART, build->object->hash);
	m->object_hash = build->object->hash;
	m->data =
	    sark_format(ctx, "data-%.*s.json", HASH_PART, source->data.hash);
	m->data_hash = source->data.hash;
	m->wasm_hash = build->wasm->hash;
	m->builtins = build->builtins;
	m->sources =
	    sark_new_array(ctx, struct sark_manifest_source, source->count);
	for (i = 0; i < source->count; i++) {
		if (source->files[i].test)
			continue;
		m->sources[m->sources_count].name = source->files[i].name;
		m->sources[m->sources_count++].hash = source->files[i].hash;
	}
	sark_manifest_revision(m, revision);
	m->revision = sark_strdup(ctx, revision);
}

static int
put(const char *dir, const char *name, const struct policy_file *file,
    struct sark_err *err)
{
	char *path = sark_format(NULL, "%s/%s", dir, name);
	int ret;

	ret = sark_file_replace(path, file->text, file->len, 0644, err);
	talloc_free(path);
	return ret;
}

/* What the manifest that is installed names, if there is a good one. */
static void
read_old(
    void *ctx, const struct sark_manifest_dir *dir, struct sark_manifest *old)
{
	const struct sark_manifest_file file = { .name = SARK_MANIFEST_NAME,
		.max = MANIFEST_MAX };
	struct sark_err ignored;
	char *text;
	size_t len;

	sark_err_init(&ignored);
	if (sark_manifest_read(ctx, dir, &file, &text, &len, NULL, &ignored) ==
		-1 ||
	    sark_manifest_parse(ctx, text, len, old, &ignored) == -1)
		memset(old, 0, sizeof(*old));
}

static bool
names(const struct sark_manifest *m, const char *name)
{
	return m->object != NULL && m->data != NULL &&
	    (sark_str_eq(m->object, name) || sark_str_eq(m->data, name));
}

/* A program that has just read the old manifest must find its files. */
static void
sweep(const char *path, const struct sark_manifest *new,
    const struct sark_manifest *old)
{
	struct dirent *entry;
	DIR *dir;

	dir = opendir(path);
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if ((sark_str_starts(entry->d_name, "policy-") ||
			sark_str_starts(entry->d_name, "data-")) &&
		    !names(new, entry->d_name) && !names(old, entry->d_name))
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
}

static int
install_into(const struct sark_manifest_dir *dir,
    const struct policy_build *build, const struct sark_manifest *m,
    struct sark_err *err)
{
	struct policy_file manifest = { .name = SARK_MANIFEST_NAME };
	void *mem = sark_mem_check(talloc_new(NULL));
	struct sark_manifest old;
	struct sark_lock *lock;
	int ret = -1;

	if (sark_lock_take(mem, dir->path, "build", &lock, err) == -1)
		goto out;
	read_old(mem, dir, &old);
	manifest.text = sark_manifest_write(mem, m, &manifest.len);
	if (put(dir->path, m->object, build->object, err) == -1 ||
	    put(dir->path, m->data, &build->source->data, err) == -1 ||
	    put(dir->path, manifest.name, &manifest, err) == -1)
		goto out;
	sweep(dir->path, m, &old);
	ret = 0;
out:
	talloc_free(mem);
	return ret;
}

int
policy_install(const char *path, const struct policy_build *build,
    const struct sark_manifest *m, struct sark_err *err)
{
	struct sark_manifest_dir dir;
	int ret;

	if (mkdir(path, 0755) == -1 && errno != EEXIST)
		return sark_err_set(
		    err, SARK_CONFIG, "%s: %s", path, strerror(errno));
	if (sark_manifest_dir_open(&dir, path, err) == -1)
		return -1;
	ret = install_into(&dir, build, m, err);
	sark_manifest_dir_close(&dir);
	return ret;
}
