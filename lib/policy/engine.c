#include "policy/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/mem.h"
#include "base/str.h"
#include "policy/manifest.h"
#include "policy/native.h"
#include "policy/native_abi.h"

#define LOOK_NS	     ((int64_t)1000000000)
#define MANIFEST_MAX ((size_t)1 << 20)
#define OBJECT_MAX   ((size_t)64 << 20)

/* One installed policy, as it was loaded. */
struct loaded {
	struct sark_manifest manifest;
	struct sark_native *native;
	const char **sources;
	int64_t at_ms;
};

/* Which manifest: another one has another inode, written anew or renamed. */
struct identity {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec changed;
};

struct sark_engine {
	const char *dir;
	struct sark_engine_limits limits;
	struct loaded *loaded;
	struct identity seen; /* loaded, or tried in vain */
	int64_t looked_ns;    /* monotonic */
};

static void
identify(const struct sark_engine *engine, struct identity *id_r)
{
	struct stat st;
	char *path;

	memset(id_r, 0, sizeof(*id_r));
	path = sark_format(NULL, "%s/" SARK_MANIFEST_NAME, engine->dir);
	if (stat(path, &st) == 0) {
		id_r->dev = st.st_dev;
		id_r->ino = st.st_ino;
		id_r->size = st.st_size;
		id_r->changed = st.st_ctim;
	}
	talloc_free(path);
}

static bool
same(const struct identity *a, const struct identity *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	    a->changed.tv_sec == b->changed.tv_sec &&
	    a->changed.tv_nsec == b->changed.tv_nsec;
}

static bool
same_names(const char *const *a, const char *const *b)
{
	size_t i;

	for (i = 0; a[i] != NULL && b[i] != NULL; i++)
		if (!sark_str_eq(a[i], b[i]))
			return false;
	return a[i] == NULL && b[i] == NULL;
}

/* The object must be what the manifest says beyond its bytes. */
static int
check_native(const struct loaded *loaded, struct sark_err *err)
{
	const struct sark_manifest *m = &loaded->manifest;

	if (sark_native_abi(loaded->native) != m->abi)
		return sark_err_set(err, SARK_CONFIG,
		    SARK_MANIFEST_NAME ": another WebAssembly ABI than %s",
		    m->object);
	if (!same_names(m->builtins, sark_native_builtins(loaded->native)))
		return sark_err_set(err, SARK_CONFIG,
		    SARK_MANIFEST_NAME ": other builtins than %s", m->object);
	return 0;
}

static int
load_native(const struct sark_engine *engine,
    const struct sark_manifest_dir *dir, struct loaded *loaded,
    struct sark_err *err)
{
	const struct sark_manifest *m = &loaded->manifest;
	const struct sark_manifest_file
	    object = { m->object, m->object_hash, OBJECT_MAX },
	    data = { m->data, m->data_hash,
		    (size_t)engine->limits.memory_bytes };
	struct sark_native_source source = { .limits = engine->limits };
	struct sark_err why;
	char *text, *bytes;
	size_t len;
	int ret = -1;

	sark_err_init(&why);
	if (sark_manifest_read(loaded, dir, &data, &text, &len, NULL, err) ==
		-1 ||
	    sark_manifest_read(loaded, dir, &object, &bytes, &source.data_len,
		&source.fd, err) == -1)
		return -1;
	talloc_free(bytes);
	source.data = text;
	source.data_len = len;
	if (sark_native_load(loaded, &source, &loaded->native, &why) == -1)
		sark_err_set(err, SARK_CONFIG, "%s/%s: %s", engine->dir,
		    m->object, why.text);
	else
		ret = check_native(loaded, err);
	close(source.fd);
	talloc_free(text);
	return ret;
}

static int
read_manifest(const struct sark_manifest_dir *dir, struct loaded *loaded,
    struct sark_err *err)
{
	static const struct sark_manifest_file file = {
		.name = SARK_MANIFEST_NAME, .max = MANIFEST_MAX
	};
	struct sark_manifest *m = &loaded->manifest;
	struct sark_err why;
	char *text;
	size_t len, i;

	if (sark_manifest_read(loaded, dir, &file, &text, &len, NULL, err) ==
	    -1)
		return -1;
	sark_err_init(&why);
	if (sark_manifest_parse(loaded, text, len, m, &why) == 0 &&
	    (m->native_abi != SARK_NATIVE_ABI ||
		!sark_str_eq(m->entrypoint, SARK_NATIVE_ENTRYPOINT)))
		sark_err_set(&why, SARK_CONFIG,
		    "made for another version: run sark-policy-build");
	if (why.code != SARK_OK)
		return sark_err_set(err, SARK_CONFIG,
		    "%s/" SARK_MANIFEST_NAME ": %s", dir->path, why.text);
	loaded->sources =
	    sark_new_array(loaded, const char *, m->sources_count + 1);
	for (i = 0; i < m->sources_count; i++)
		loaded->sources[i] = m->sources[i].name;
	return 0;
}

/* Puts what is installed in the place of what is loaded, or changes nothing. */
static int
load(struct sark_engine *engine, struct sark_err *err)
{
	struct loaded *loaded = sark_new(engine, struct loaded);
	struct sark_manifest_dir dir;
	int ret = -1;

	if (sark_manifest_dir_open(&dir, engine->dir, err) == 0) {
		ret = read_manifest(&dir, loaded, err);
		if (ret == 0)
			ret = load_native(engine, &dir, loaded, err);
		sark_manifest_dir_close(&dir);
	}
	if (ret == -1) {
		talloc_free(loaded);
		return -1;
	}
	loaded->at_ms = sark_clock_ms();
	talloc_free(engine->loaded);
	engine->loaded = loaded;
	return 0;
}

int
sark_engine_open(void *ctx, const char *dir,
    const struct sark_engine_limits *limits, struct sark_engine **engine_r,
    struct sark_err *err)
{
	struct sark_engine *engine = sark_new(ctx, struct sark_engine);

	engine->dir = sark_strdup(engine, dir);
	engine->limits = *limits;
	identify(engine, &engine->seen);
	engine->looked_ns = sark_clock_mono_ns();
	if (load(engine, err) == -1) {
		talloc_free(engine);
		return -1;
	}
	*engine_r = engine;
	return 0;
}

int
sark_engine_eval(struct sark_engine *engine, void *ctx,
    const struct sark_engine_input *input, const char **result_r,
    size_t *result_len_r, struct sark_err *err)
{
	int ret;

	if (SARK_FAILPOINT_FAILS(engine_before))
		return sark_err_set(err, SARK_POLICY_UNAVAILABLE, "failpoint");
	ret = sark_native_eval(
	    engine->loaded->native, ctx, input, result_r, result_len_r, err);
	SARK_FAILPOINT(engine_after);
	return ret;
}

int
sark_engine_refresh(struct sark_engine *engine, struct sark_err *err)
{
	int64_t now = sark_clock_mono_ns();
	struct identity id;

	if (now - engine->looked_ns < LOOK_NS)
		return 0;
	engine->looked_ns = now;
	identify(engine, &id);
	if (same(&id, &engine->seen))
		return 0;
	/* Remembered first: what does not load is complained of once. */
	engine->seen = id;
	return load(engine, err) == -1 ? -1 : 1;
}

const char *
sark_engine_revision(const struct sark_engine *engine)
{
	return engine->loaded->manifest.revision;
}

void
sark_engine_info(
    const struct sark_engine *engine, struct sark_engine_info *info_r)
{
	const struct loaded *loaded = engine->loaded;

	info_r->revision = loaded->manifest.revision;
	info_r->entrypoint = loaded->manifest.entrypoint;
	info_r->sources = loaded->sources;
	info_r->builtins = loaded->manifest.builtins;
	info_r->built_at_ms = loaded->manifest.built_at_ms;
	info_r->loaded_at_ms = loaded->at_ms;
}
