#ifndef SARK_POLICY_ROUTES_H
#define SARK_POLICY_ROUTES_H

#include "http/route.h"
#include "policy/policy.h"

extern const struct sark_route policy_routes[];

sark_handler get_policy;
sark_handler post_evaluate;

#endif
