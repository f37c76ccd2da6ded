#ifndef SARK_ADMIN_ROUTES_H
#define SARK_ADMIN_ROUTES_H

#include "http/route.h"

/* GET /api/v1/users */
struct users_query {
	const char *search;
	const char *role;
	const char *team;
	int disabled; /* 1 "true", 2 "false" */
	int64_t limit;
	const char *cursor;
};

extern const struct sark_route admin_routes[];
extern const char *const admin_yes_no[];

sark_handler get_user;
sark_handler get_users;

#endif
