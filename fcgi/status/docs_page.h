#ifndef SARK_STATUS_DOCS_PAGE_H
#define SARK_STATUS_DOCS_PAGE_H

#include "base/attr.h"
#include "base/buf.h"
#include "json/reader.h"

/*
 * The API description (OpenAPI 3.1) as one HTML page: no script, nothing
 * from another place, one style element that carries nonce (CSP level 2).
 */
void docs_page(struct sark_buf *out, const struct sark_json *api,
    const char *nonce) SARK_NONNULL(1, 2, 3);

#endif
