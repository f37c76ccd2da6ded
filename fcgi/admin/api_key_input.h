#ifndef SARK_ADMIN_API_KEY_INPUT_H
#define SARK_ADMIN_API_KEY_INPUT_H

#include <stdbool.h>

#include "http/field.h"

/* GET /api/v1/api-keys */
struct api_keys_query {
	const char *user_id;
	bool all;
	int64_t limit;
	const char *cursor;
};

/* What the routes of API keys take. */
extern const struct sark_input api_key_list_in;
extern const struct sark_input api_key_new_in;	  /* struct sark_new_apikey */
extern const struct sark_input api_key_change_in; /* sark_apikey_change */
extern const struct sark_input api_key_rotate_in;

#endif
