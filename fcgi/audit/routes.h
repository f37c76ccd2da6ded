#ifndef SARK_AUDIT_ROUTES_H
#define SARK_AUDIT_ROUTES_H

#include "http/route.h"

extern const struct sark_route audit_routes[];

sark_handler get_event;
sark_handler get_events;
sark_handler get_stats;

#endif
