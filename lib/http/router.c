#include "http/router.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define METHODS 7

static const char *const method_names[METHODS] = { "GET", "HEAD", "POST", "PUT",
	"PATCH", "DELETE", "OPTIONS" };

/* A path and its routes, by the number of the method's bit. */
struct place {
	const char *pattern;
	bool has_params;
	unsigned int allow;
	int routes[METHODS];
};

struct sark_router {
	const struct sark_route *routes;
	struct place *places;
	size_t nplaces;
	int *slots;    /* place + 1 of static paths */
	size_t nslots; /* a power of two */
};

static size_t
hash(const char *path)
{
	uint32_t h = 2166136261u;

	for (; *path != '\0'; path++)
		h = (h ^ (unsigned char)*path) * 16777619u;
	return h ^ (h >> 16);
}

static int
bit_of(unsigned int method)
{
	return __builtin_ctz(method);
}

static struct place *
place_of(struct sark_router *router, const char *pattern)
{
	struct place *place;
	size_t i;

	for (i = 0; i < router->nplaces; i++)
		if (sark_str_eq(router->places[i].pattern, pattern))
			return &router->places[i];
	place = &router->places[router->nplaces++];
	place->pattern = pattern;
	place->has_params = strchr(pattern, '{') != NULL;
	place->allow = SARK_OPTIONS;
	for (i = 0; i < METHODS; i++)
		place->routes[i] = -1;
	return place;
}

static bool
path_valid(const char *path)
{
	size_t params = 0;
	const char *p;

	if (path[0] != '/' ||
	    (path[1] != '\0' && path[strlen(path) - 1] == '/'))
		return false;
	for (p = path; *p != '\0'; p++) {
		if (*p != '{')
			continue;
		/* A parameter is a whole segment. */
		params++;
		if (p[-1] != '/')
			return false;
		p += strcspn(p, "}/");
		if (*p != '}' || (p[1] != '/' && p[1] != '\0'))
			return false;
	}
	return params <= SARK_PATH_PARAMS;
}

static int
add(struct sark_router *router, const struct sark_route *route,
    struct sark_err *err)
{
	unsigned int method = (unsigned int)route->method;
	struct place *place;
	int bit;

	if (!path_valid(route->path))
		return sark_err_set(
		    err, SARK_CONFIG, "route %s: not a path", route->path);
	if (method == 0 || (method & (method - 1)) != 0 ||
	    bit_of(method) >= METHODS || method == SARK_OPTIONS)
		return sark_err_set(
		    err, SARK_CONFIG, "route %s: not one method", route->path);
	if (route->handler == NULL || route->access < SARK_ACCESS_ANYONE ||
	    route->access > SARK_ACCESS_EITHER ||
	    (route->access == SARK_ACCESS_PERMISSION) !=
		(route->permission != NULL))
		return sark_err_set(err, SARK_CONFIG,
		    "route %s: no handler or no access", route->path);
	/* A key is its caller's: without one it would be everybody's. */
	if (route->creates &&
	    (method != SARK_POST || route->access == SARK_ACCESS_ANYONE ||
		route->access == SARK_ACCESS_EITHER))
		return sark_err_set(err, SARK_CONFIG,
		    "route %s: creates, but is no POST of a known caller",
		    route->path);
	if (route->takes_body && method != SARK_DELETE)
		return sark_err_set(err, SARK_CONFIG,
		    "route %s: takes_body is for DELETE", route->path);
	place = place_of(router, route->path);
	bit = bit_of(method);
	if (place->routes[bit] != -1)
		return sark_err_set(err, SARK_CONFIG,
		    "route %s: %s stands twice", route->path,
		    method_names[bit]);
	place->routes[bit] = (int)(route - router->routes);
	place->allow |= method;
	return 0;
}

static void
index_static(struct sark_router *router, size_t i)
{
	size_t slot = hash(router->places[i].pattern) & (router->nslots - 1);

	while (router->slots[slot] != 0)
		slot = (slot + 1) & (router->nslots - 1);
	router->slots[slot] = (int)i + 1;
}

/* GET serves HEAD where nothing else does. */
static void
imply_head(struct place *place)
{
	int get = bit_of(SARK_GET), head = bit_of(SARK_HEAD);

	if (place->routes[get] == -1 || place->routes[head] != -1)
		return;
	place->routes[head] = place->routes[get];
	place->allow |= SARK_HEAD;
}

int
sark_router_make(void *ctx, const struct sark_route *routes,
    struct sark_router **router_r, struct sark_err *err)
{
	struct sark_router *router = sark_new(ctx, struct sark_router);
	size_t n = 0, i;

	while (routes[n].path != NULL)
		n++;
	router->routes = routes;
	router->places = sark_new_array(router, struct place, n + 1);
	router->nslots = 8;
	while (router->nslots < 2 * n)
		router->nslots *= 2;
	router->slots = sark_new_array(router, int, router->nslots);
	for (i = 0; i < n; i++) {
		if (add(router, &routes[i], err) == -1) {
			talloc_free(router);
			return -1;
		}
	}
	for (i = 0; i < router->nplaces; i++) {
		imply_head(&router->places[i]);
		if (!router->places[i].has_params)
			index_static(router, i);
	}
	*router_r = router;
	return 0;
}

static const struct place *
find_static(const struct sark_router *router, const char *path)
{
	size_t slot = hash(path) & (router->nslots - 1);
	const struct place *place;

	for (; router->slots[slot] != 0;
	     slot = (slot + 1) & (router->nslots - 1)) {
		place = &router->places[router->slots[slot] - 1];
		if (sark_str_eq(place->pattern, path))
			return place;
	}
	return NULL;
}

/* Where the parameters stand in a path that matches. */
struct span {
	const char *at;
	size_t len;
};

static bool
matches(
    const char *pattern, const char *path, struct span spans[SARK_PATH_PARAMS])
{
	size_t n = 0;

	memset(spans, 0, SARK_PATH_PARAMS * sizeof(spans[0]));
	while (*pattern != '\0') {
		if (*pattern == '{') {
			spans[n].at = path;
			spans[n].len = strcspn(path, "/");
			if (spans[n].len == 0)
				return false;
			path += spans[n++].len;
			pattern += strcspn(pattern, "}") + 1;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

static const struct place *
find_params(const struct sark_router *router, void *mem, const char *path,
    struct sark_match *match)
{
	struct span spans[SARK_PATH_PARAMS];
	size_t i, n;

	for (i = 0; i < router->nplaces; i++) {
		if (!router->places[i].has_params ||
		    !matches(router->places[i].pattern, path, spans))
			continue;
		for (n = 0; n < SARK_PATH_PARAMS && spans[n].at != NULL; n++)
			match->params[n] =
			    sark_strndup(mem, spans[n].at, spans[n].len);
		return &router->places[i];
	}
	return NULL;
}

int
sark_router_find(const struct sark_router *router, void *mem,
    unsigned int method, const char *path, struct sark_match *match_r)
{
	const struct place *place;

	memset(match_r, 0, sizeof(*match_r));
	match_r->index = -1;
	place = find_static(router, path);
	if (place == NULL)
		place = find_params(router, mem, path, match_r);
	if (place == NULL)
		return 0;
	match_r->allow = place->allow;
	if (method != 0)
		match_r->index = place->routes[bit_of(method)];
	if (match_r->index != -1)
		match_r->route = &router->routes[match_r->index];
	return 1;
}

const char *
sark_router_allow(void *mem, unsigned int methods)
{
	struct sark_buf list;
	int bit;

	sark_buf_init(&list, mem);
	for (bit = 0; bit < METHODS; bit++) {
		if ((methods & (1u << bit)) == 0)
			continue;
		if (list.len > 0)
			sark_buf_str(&list, ", ");
		sark_buf_str(&list, method_names[bit]);
	}
	return list.data;
}
