#ifndef SARK_STATUS_ROUTES_H
#define SARK_STATUS_ROUTES_H

#include "http/route.h"

extern const struct sark_route status_routes[];

sark_handler get_detailed;
sark_handler get_docs;
sark_handler get_health;
sark_handler get_live;
sark_handler get_metrics;
sark_handler get_openapi;
sark_handler get_ready;

#endif
