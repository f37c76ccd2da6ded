#include "docs_page.h"

#include <string.h>

#include "base/str.h"

static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;"
    "padding:0 1rem;color:#222;background:#fff}"
    "h2{margin-top:2.5rem;border-top:1px solid #ccc;padding-top:1rem}"
    "code,pre{font-family:ui-monospace,monospace}"
    "b{display:inline-block;min-width:4.5rem}"
    "table{border-collapse:collapse;margin:.5rem 0}"
    "td,th{border:1px solid #ccc;padding:.2rem .6rem;text-align:left;"
    "vertical-align:top}"
    "nav li{list-style:none}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}"
    "a{color:#8bf}h2,td,th{border-color:#444}}";

static const char *const methods[] = { "get", "post", "put", "patch", "delete",
	NULL };

/* Text between tags or in a quoted attribute; NULL is nothing. */
static void
text(struct sark_buf *out, const char *s)
{
	for (; s != NULL && *s != '\0'; s++) {
		switch (*s) {
		case '&':
			sark_buf_str(out, "&amp;");
			break;
		case '<':
			sark_buf_str(out, "&lt;");
			break;
		case '>':
			sark_buf_str(out, "&gt;");
			break;
		case '"':
			sark_buf_str(out, "&quot;");
			break;
		default:
			sark_buf_char(out, *s);
		}
	}
}

static void
element(struct sark_buf *out, const char *tag, const char *s)
{
	sark_buf_format(out, "<%s>", tag);
	text(out, s);
	sark_buf_format(out, "</%s>", tag);
}

static const char *
member(const struct sark_json *value, const char *name)
{
	return sark_json_str(sark_json_get(value, name));
}

/* What a "$ref" to the same document stands for; one step. */
static const struct sark_json *
resolve(const struct sark_json *api, const struct sark_json *value)
{
	const char *ref = member(value, "$ref");

	if (ref == NULL || !sark_str_starts(ref, "#/"))
		return value;
	return sark_json_at(api, ref + 1);
}

/* "string", "array", or the name of the schema that is referred to. */
static const char *
type_of(const struct sark_json *schema)
{
	const char *ref = member(schema, "$ref");
	const char *slash = ref != NULL ? strrchr(ref, '/') : NULL;

	return slash != NULL ? slash + 1 : member(schema, "type");
}

static bool
required(const struct sark_json *schema, const char *name)
{
	const struct sark_json *list = sark_json_get(schema, "required");
	size_t i;

	for (i = 0; i < sark_json_count(list); i++) {
		const char *s = sark_json_str(sark_json_element(list, i));

		if (s != NULL && sark_str_eq(s, name))
			return true;
	}
	return false;
}

static void
row(struct sark_buf *out, const char *name, const char *kind,
    const struct sark_json *schema, const char *description)
{
	sark_buf_str(out, "<tr><td><code>");
	text(out, name);
	sark_buf_str(out, "</code></td>");
	element(out, "td", kind);
	element(out, "td", type_of(schema));
	element(out, "td", description);
	sark_buf_str(out, "</tr>\n");
}

static void
write_parameters(struct sark_buf *out, const struct sark_json *api,
    const struct sark_json *list)
{
	size_t i;

	for (i = 0; i < sark_json_count(list); i++) {
		const struct sark_json *p =
		    resolve(api, sark_json_element(list, i));

		row(out, member(p, "name"), member(p, "in"),
		    sark_json_get(p, "schema"), member(p, "description"));
	}
}

static void
write_body(struct sark_buf *out, const struct sark_json *api,
    const struct sark_json *operation)
{
	const struct sark_json *body, *schema, *fields;
	size_t i;

	body = resolve(api, sark_json_get(operation, "requestBody"));
	schema = resolve(
	    api, sark_json_at(body, "/content/application~1json/schema"));
	fields = sark_json_get(schema, "properties");
	for (i = 0; i < sark_json_count(fields); i++) {
		const char *name = "";
		const struct sark_json *field =
		    sark_json_member(fields, i, &name);

		row(out, name,
		    required(schema, name) ? "body, required" : "body", field,
		    member(field, "description"));
	}
}

static void
write_responses(struct sark_buf *out, const struct sark_json *api,
    const struct sark_json *responses)
{
	size_t i;

	sark_buf_str(out, "<table>\n");
	for (i = 0; i < sark_json_count(responses); i++) {
		const char *status = "";
		const struct sark_json *response =
		    resolve(api, sark_json_member(responses, i, &status));

		sark_buf_str(out, "<tr>");
		element(out, "th", status);
		element(out, "td", member(response, "description"));
		sark_buf_str(out, "</tr>\n");
	}
	sark_buf_str(out, "</table>\n");
}

/* The place of an operation in the page: what links to it and its head. */
static void
write_id(struct sark_buf *out, const char *method, const char *path)
{
	sark_buf_str(out, method);
	text(out, path);
}

static void
write_operation(struct sark_buf *out, const struct sark_json *api,
    const char *method, const char *path)
{
	const struct sark_json *item, *operation, *parameters;

	item = sark_json_get(sark_json_get(api, "paths"), path);
	operation = sark_json_get(item, method);
	parameters = sark_json_get(operation, "parameters");
	sark_buf_str(out, "<h2 id=\"");
	write_id(out, method, path);
	sark_buf_format(out, "\"><code><b>%s</b>", method);
	text(out, path);
	sark_buf_str(out, "</code></h2>\n");
	element(out, "p", member(operation, "summary"));
	element(out, "p", member(operation, "description"));
	sark_buf_str(out, "\n<table>\n");
	write_parameters(out, api, sark_json_get(item, "parameters"));
	write_parameters(out, api, parameters);
	write_body(out, api, operation);
	sark_buf_str(out, "</table>\n");
	write_responses(out, api, sark_json_get(operation, "responses"));
}

static void
write_link(struct sark_buf *out, const struct sark_json *api,
    const char *method, const char *path)
{
	const struct sark_json *paths = sark_json_get(api, "paths");

	sark_buf_str(out, "<li><a href=\"#");
	write_id(out, method, path);
	sark_buf_format(out, "\"><code><b>%s</b>", method);
	text(out, path);
	sark_buf_str(out, "</code></a> ");
	text(out,
	    member(
		sark_json_get(sark_json_get(paths, path), method), "summary"));
	sark_buf_str(out, "</li>\n");
}

/* Calls write for every operation in the order of the document. */
static void
each_operation(struct sark_buf *out, const struct sark_json *api,
    void (*write)(struct sark_buf *out, const struct sark_json *api,
	const char *method, const char *path))
{
	const struct sark_json *paths = sark_json_get(api, "paths"), *item;
	const char *path = "", *const * method;
	size_t i;

	for (i = 0; i < sark_json_count(paths); i++) {
		item = sark_json_member(paths, i, &path);
		for (method = methods; *method != NULL; method++)
			if (sark_json_get(item, *method) != NULL)
				write(out, api, *method, path);
	}
}

void
docs_page(struct sark_buf *out, const struct sark_json *api, const char *nonce)
{
	const struct sark_json *info = sark_json_get(api, "info");

	sark_buf_str(out,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" "
	    "content=\"width=device-width\">\n");
	element(out, "title", member(info, "title"));
	sark_buf_format(
	    out, "\n<style nonce=\"%s\">%s</style>\n", nonce, style);
	element(out, "h1", member(info, "title"));
	element(out, "p", member(info, "description"));
	sark_buf_str(out, "\n<p>Version ");
	text(out, member(info, "version"));
	sark_buf_str(out,
	    ", as <a href=\"/api/openapi.json\">OpenAPI</a>.</p>"
	    "\n<nav><ul>\n");
	each_operation(out, api, write_link);
	sark_buf_str(out, "</ul></nav>\n<main>\n");
	each_operation(out, api, write_operation);
	sark_buf_str(out, "</main>\n</html>\n");
}
