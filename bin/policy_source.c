#include "policy_source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "json/reader.h"

#define FILE_MAX  ((size_t)1 << 20)
#define DATA_MAX  ((size_t)16 << 20)
#define WASM_MAX  ((size_t)32 << 20)
#define FILES_MAX 256

static bool
ends(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

static int
read_file(void *ctx, const char *dir, size_t max, struct policy_file *file,
    struct sark_err *err)
{
	char *path = sark_format(ctx, "%s/%s", dir, file->name), *text;

	if (sark_file_read(ctx, path, max, &text, &file->len, err) == -1)
		return -1;
	file->text = text;
	sark_sha256_hex(file->hash, text, file->len);
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	const struct policy_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Takes a name from the folder: Rego is wanted, folders are refused. */
static int
take(void *ctx, struct policy_source *source, const struct dirent *entry,
    struct sark_err *err)
{
	struct policy_file *file = &source->files[source->count];

	if (entry->d_name[0] == '.')
		return 0;
	if (entry->d_type == DT_DIR)
		return sark_err_set(err, SARK_CONFIG,
		    "%s/%s: a policy is one folder without folders in it",
		    source->dir, entry->d_name);
	if (!ends(entry->d_name, ".rego"))
		return 0;
	if (source->count == FILES_MAX)
		return sark_err_set(err, SARK_CONFIG, "%s: more than %d files",
		    source->dir, FILES_MAX);
	file->name = sark_strdup(ctx, entry->d_name);
	file->test = ends(file->name, "_test.rego");
	source->tests += file->test;
	source->count++;
	return 0;
}

static int
list(void *ctx, struct policy_source *source, struct sark_err *err)
{
	struct dirent *entry;
	int ret = 0;
	DIR *dir;

	dir = opendir(source->dir);
	if (dir == NULL)
		return sark_err_set(
		    err, SARK_CONFIG, "%s: %s", source->dir, strerror(errno));
	source->files = sark_new_array(ctx, struct policy_file, FILES_MAX);
	while (ret == 0 && (entry = readdir(dir)) != NULL)
		ret = take(ctx, source, entry, err);
	closedir(dir);
	if (ret == 0 && source->count == source->tests)
		ret = sark_err_set(
		    err, SARK_CONFIG, "%s: no Rego (*.rego)", source->dir);
	qsort(source->files, source->count, sizeof(*source->files), by_name);
	return ret;
}

/* Without a file there is no data: an empty object. */
static int
read_data(void *ctx, struct policy_source *source, struct sark_err *err)
{
	const struct sark_json *json;
	struct sark_err why;
	char *path;

	sark_err_init(&why);
	source->data.name = POLICY_DATA;
	path = sark_format(ctx, "%s/" POLICY_DATA, source->dir);
	if (access(path, F_OK) == -1 && errno == ENOENT) {
		source->data.text = "{}";
		source->data.len = 2;
		sark_sha256_hex(source->data.hash, "{}", 2);
		return 0;
	}
	if (read_file(ctx, source->dir, DATA_MAX, &source->data, err) == -1)
		return -1;
	if (sark_json_parse(
		ctx, source->data.text, source->data.len, &json, &why) == -1)
		return sark_err_set(err, SARK_CONFIG, "%s/" POLICY_DATA ": %s",
		    source->dir, why.text);
	if (sark_json_type(json) != SARK_JSON_OBJECT)
		return sark_err_set(err, SARK_CONFIG,
		    "%s/" POLICY_DATA ": not an object", source->dir);
	/* A value there would stand beside, or instead of, a rule. */
	if (sark_json_get(json, "sark") != NULL)
		return sark_err_set(err, SARK_CONFIG,
		    "%s/" POLICY_DATA ": the member sark belongs to the rules",
		    source->dir);
	return 0;
}

int
policy_source_read(void *ctx, const char *dir, struct policy_source *source,
    struct sark_err *err)
{
	size_t i;

	memset(source, 0, sizeof(*source));
	source->dir = dir;
	if (list(ctx, source, err) == -1)
		return -1;
	for (i = 0; i < source->count; i++)
		if (read_file(ctx, dir, FILE_MAX, &source->files[i], err) == -1)
			return -1;
	return read_data(ctx, source, err);
}

int
policy_file_put(
    const char *dir, const struct policy_file *file, struct sark_err *err)
{
	char *path = sark_format(NULL, "%s/%s", dir, file->name);
	int fd, ret = -1;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd != -1 && sark_file_write_all(fd, file->text, file->len) == 0)
		ret = 0;
	if (ret == -1)
		sark_err_set(
		    err, SARK_UNAVAILABLE, "%s: %s", path, strerror(errno));
	if (fd != -1)
		close(fd);
	talloc_free(path);
	return ret;
}

int
policy_source_copy(
    const struct policy_source *source, const char *dir, struct sark_err *err)
{
	size_t i;

	for (i = 0; i < source->count; i++)
		if (policy_file_put(dir, &source->files[i], err) == -1)
			return -1;
	return policy_file_put(dir, &source->data, err);
}

static void
write_list(const struct policy_source *source, const struct policy_file *wasm,
    struct sark_buf *buf)
{
	size_t i;

	for (i = 0; i < source->count; i++)
		if (!source->files[i].test)
			sark_buf_format(buf, "%s  %s\n", source->files[i].hash,
			    source->files[i].name);
	sark_buf_format(buf, "%s  " POLICY_WASM "\n", wasm->hash);
}

int
policy_source_wasm(void *ctx, const struct policy_source *source,
    const char *wasm, struct policy_file *file, struct sark_err *err)
{
	char *path = sark_format(ctx, "%s.sources", wasm), *text, *data, *line;
	struct sark_buf want;
	size_t len;

	file->name = POLICY_WASM;
	if (sark_file_read(ctx, wasm, WASM_MAX, &data, &file->len, err) == -1 ||
	    sark_file_read(ctx, path, FILE_MAX, &text, &len, err) == -1)
		return -1;
	file->text = data;
	sark_sha256_hex(file->hash, data, file->len);
	sark_buf_init(&want, ctx);
	write_list(source, file, &want);
	if (len == want.len && memcmp(text, want.data, len) == 0)
		return 0;
	line = sark_format(ctx, "%s  " POLICY_WASM "\n", file->hash);
	if (strstr(text, line) == NULL)
		return sark_err_set(err, SARK_CONFIG,
		    "%s: not the file that %s lists", wasm, path);
	return sark_err_set(err, SARK_UNAVAILABLE,
	    "%s: the Rego is not what %s was compiled from: opa is needed to "
	    "compile it (https://www.openpolicyagent.org)",
	    source->dir, wasm);
}

int
policy_source_save(const struct policy_source *source, const char *wasm,
    const struct policy_file *file, struct sark_err *err)
{
	char *path = sark_format(NULL, "%s.sources", wasm);
	struct sark_buf list_of;
	int ret = -1;

	sark_buf_init(&list_of, path);
	write_list(source, file, &list_of);
	if (sark_file_replace(wasm, file->text, file->len, 0644, err) == 0)
		ret = sark_file_replace(
		    path, list_of.data, list_of.len, 0644, err);
	talloc_free(path);
	return ret;
}
