#ifndef SARK_REFRESH_ROUTES_H
#define SARK_REFRESH_ROUTES_H

#include "http/route.h"

extern const struct sark_route refresh_routes[];

sark_handler post_logout;

#endif
