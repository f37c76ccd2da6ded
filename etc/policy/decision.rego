# The one answer. Every concern must agree; the first that does not, in the
# order below, names itself. What reads the clock stands last, so that an
# earlier denial holds at any hour.
package sark

import data.sark.agents
import data.sark.approval
import data.sark.guard
import data.sark.hours
import data.sark.network
import data.sark.parameters
import data.sark.rbac
import data.sark.request
import data.sark.sensitivity
import data.sark.status
import data.sark.values
import data.sark_config as config

default decision := {"allow": false, "reason": "no rule allows this", "rule": "default"}

# A denial that cannot be told in full is still no grant: the default stands.
decision := object.union_n([denial, lifetime(denial.rule), asked_for]) if {
	request.well_formed
	denial != {}
} else := object.union_n([grant, lifetime("approval"), duties, secrets]) if {
	request.well_formed
	denial == {}
} else := {"allow": false, "rule": "values", "reason": values.wrong} if {
	input == {} # sark-policy-build asks whether it may install the values
}

denial := {"allow": false, "rule": "status", "reason": status.deny} if {
	status.deny
} else := {"allow": false, "rule": "network", "reason": network.deny} if {
	network.deny
} else := {"allow": false, "rule": "rbac", "reason": rbac.deny} if {
	rbac.deny
} else := {"allow": false, "rule": "agents", "reason": agents.deny} if {
	agents.deny
} else := {"allow": false, "rule": "guard", "reason": guard.deny} if {
	guard.deny
} else := {"allow": false, "rule": "sensitivity", "reason": sensitivity.deny} if {
	sensitivity.deny
} else := {"allow": false, "rule": "hours", "reason": hours.deny} if {
	hours.deny
} else := {"allow": false, "rule": "approval", "reason": approval.deny} if {
	approval.deny
} else := {}

grant := {
	"allow": true,
	"rule": "hours",
	"reason": "emergency override of the working hours",
} if {
	hours.overridden
} else := {
	"allow": true,
	"rule": "rbac",
	"reason": concat("", ["the role ", rbac.by_role, " allows ", input.action]),
}

duties := {"obligations": [hours.obligation]} if {
	hours.overridden
} else := {}

asked_for := {"obligations": [approval.obligation]} if {
	denial.rule == "approval"
} else := {}

secrets := {"filtered_parameters": parameters.filtered, "removed_parameters": parameters.removed} if {
	count(parameters.paths) > 0
} else := {}

# Only the concerns that were asked limit how long the answer holds. One that
# says nothing would be kept to the end of the minute only: it might have read
# the clock unseen. So every answer says.
lifetime(rule) := {"cache_ttl": min(limits)} if {
	limits := {ends[concern] | some concern in asked[rule]}
	count(limits) > 0
} else := {"cache_ttl": config.cache.longest}

asked := {
	"sensitivity": ["sensitivity"],
	"hours": ["sensitivity", "hours"],
	"approval": ["sensitivity", "hours", "approval"],
}

ends["sensitivity"] := sensitivity.expires_in

ends["hours"] := hours.expires_in

ends["approval"] := approval.expires_in
