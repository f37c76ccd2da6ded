#include "policy/manifest.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "json/reader.h"
#include "json/writer.h"

void
sark_manifest_revision(
    const struct sark_manifest *m, char out[SARK_MANIFEST_REVISION])
{
	char hex[SARK_SHA256_TEXT];
	struct sark_buf buf;
	size_t i;

	sark_buf_init(&buf, NULL);
	for (i = 0; i < m->sources_count; i++)
		sark_buf_format(
		    &buf, "%s  %s\n", m->sources[i].hash, m->sources[i].name);
	sark_buf_format(
	    &buf, "%s  data\n%s  wasm\n", m->data_hash, m->wasm_hash);
	sark_sha256_hex(hex, buf.data, buf.len);
	talloc_free(buf.data);
	memcpy(out, hex, SARK_MANIFEST_REVISION - 1);
	out[SARK_MANIFEST_REVISION - 1] = '\0';
}

const char *
sark_manifest_write(void *ctx, const struct sark_manifest *m, size_t *len_r)
{
	struct sark_buf buf;
	struct sark_jw jw;
	size_t i;

	sark_buf_init(&buf, ctx);
	sark_jw_init(&jw, &buf);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_int(&jw, "format", SARK_MANIFEST_FORMAT);
	sark_jw_str(&jw, "revision", m->revision);
	sark_jw_time(&jw, "built_at", m->built_at_ms);
	sark_jw_str(&jw, "entrypoint", m->entrypoint);
	sark_jw_int(&jw, "abi", m->abi);
	sark_jw_int(&jw, "native_abi", m->native_abi);
	sark_jw_str(&jw, "object", m->object);
	sark_jw_str(&jw, "data", m->data);
	sark_jw_open(&jw, "hashes", '{');
	sark_jw_str(&jw, "object", m->object_hash);
	sark_jw_str(&jw, "data", m->data_hash);
	sark_jw_str(&jw, "wasm", m->wasm_hash);
	sark_jw_close(&jw);
	sark_jw_open(&jw, "sources", '{');
	for (i = 0; i < m->sources_count; i++)
		sark_jw_str(&jw, m->sources[i].name, m->sources[i].hash);
	sark_jw_close(&jw);
	sark_jw_list(&jw, "builtins", m->builtins);
	sark_jw_close(&jw);
	sark_buf_char(&buf, '\n');
	*len_r = buf.len;
	return buf.data;
}

/* What a reader of members remembers: the first one that was wrong. */
struct members {
	const struct sark_json *json;
	struct sark_err *err;
};

static const char *
text_member(const struct members *in, const char *pointer)
{
	const char *text = sark_json_str(sark_json_at(in->json, pointer));

	if (text == NULL)
		sark_err_set(in->err, SARK_CONFIG, "%s: no text", pointer);
	return text == NULL ? "" : text;
}

static bool
is_hex(const char *s, size_t len)
{
	return strlen(s) == len && sark_str_of(s, "0123456789abcdef");
}

static const char *
hash_member(const struct members *in, const char *pointer)
{
	const char *text = text_member(in, pointer);

	if (!is_hex(text, SARK_SHA256_TEXT - 1))
		sark_err_set(in->err, SARK_CONFIG, "%s: no SHA-256", pointer);
	return text;
}

/* A name in the folder, with no way out of it. */
static const char *
file_member(const struct members *in, const char *pointer)
{
	const char *text = text_member(in, pointer);

	if (text[0] == '\0' || text[0] == '.' ||
	    strlen(text) >= SARK_MANIFEST_FILE_MAX ||
	    !sark_str_of(text, "abcdefghijklmnopqrstuvwxyz0123456789.-"))
		sark_err_set(in->err, SARK_CONFIG, "%s: no file name", pointer);
	return text;
}

static int64_t
int_member(const struct members *in, const char *pointer)
{
	int64_t value = sark_json_int(sark_json_at(in->json, pointer), -1);

	if (value < 0)
		sark_err_set(in->err, SARK_CONFIG, "%s: no number", pointer);
	return value;
}

static void
read_sources(void *ctx, const struct members *in, struct sark_manifest *m)
{
	const struct sark_json *sources = sark_json_get(in->json, "sources");
	size_t i;

	m->sources_count = sark_json_count(sources);
	if (sark_json_type(sources) != SARK_JSON_OBJECT ||
	    m->sources_count == 0) {
		sark_err_set(in->err, SARK_CONFIG, "/sources: none");
		return;
	}
	m->sources =
	    sark_new_array(ctx, struct sark_manifest_source, m->sources_count);
	for (i = 0; i < m->sources_count; i++) {
		m->sources[i].hash = sark_json_str(
		    sark_json_member(sources, i, &m->sources[i].name));
		if (m->sources[i].hash == NULL ||
		    !is_hex(m->sources[i].hash, SARK_SHA256_TEXT - 1)) {
			sark_err_set(
			    in->err, SARK_CONFIG, "/sources: no SHA-256");
			return;
		}
	}
}

static void
read_builtins(void *ctx, const struct members *in, struct sark_manifest *m)
{
	const struct sark_json *list = sark_json_get(in->json, "builtins");
	const char **names;
	size_t i, count = sark_json_count(list);

	if (sark_json_type(list) != SARK_JSON_ARRAY)
		sark_err_set(in->err, SARK_CONFIG, "/builtins: no list");
	names = sark_new_array(ctx, const char *, count + 1);
	for (i = 0; i < count; i++) {
		names[i] = sark_json_str(sark_json_element(list, i));
		if (names[i] == NULL) {
			sark_err_set(
			    in->err, SARK_CONFIG, "/builtins: no name");
			return;
		}
	}
	m->builtins = names;
}

int
sark_manifest_parse(void *ctx, const char *text, size_t len,
    struct sark_manifest *m, struct sark_err *err)
{
	char revision[SARK_MANIFEST_REVISION];
	struct members in = { .err = err };
	struct sark_err why;

	memset(m, 0, sizeof(*m));
	sark_err_init(&why);
	if (sark_json_parse(ctx, text, len, &in.json, &why) == -1)
		return sark_err_set(err, SARK_CONFIG, "%s", why.text);
	if (int_member(&in, "/format") != SARK_MANIFEST_FORMAT)
		return sark_err_set(err, SARK_CONFIG,
		    "/format: not %d: run sark-policy-build",
		    SARK_MANIFEST_FORMAT);
	m->revision = text_member(&in, "/revision");
	m->entrypoint = text_member(&in, "/entrypoint");
	m->abi = int_member(&in, "/abi");
	m->native_abi = int_member(&in, "/native_abi");
	m->object = file_member(&in, "/object");
	m->data = file_member(&in, "/data");
	m->object_hash = hash_member(&in, "/hashes/object");
	m->data_hash = hash_member(&in, "/hashes/data");
	m->wasm_hash = hash_member(&in, "/hashes/wasm");
	if (sark_time_parse(text_member(&in, "/built_at"), &m->built_at_ms) ==
	    -1)
		sark_err_set(err, SARK_CONFIG, "/built_at: no time");
	read_sources(ctx, &in, m);
	read_builtins(ctx, &in, m);
	if (err->code != SARK_OK)
		return -1;
	sark_manifest_revision(m, revision);
	if (!sark_str_eq(revision, m->revision))
		return sark_err_set(err, SARK_CONFIG,
		    "/revision: does not follow from the hashes");
	return 0;
}
