# What each role may do. Rights are data: role, then action, "area:*" or "*".
package sark.rbac

import data.sark.request
import data.sark_config.rbac as config

deny := concat("", ["no role of the user allows ", input.action]) if {
	count(granted) == 0
	count(named) == 0
} else := concat("", ["the roles of the user do not allow ", input.action, " on this ", request.level, " object"]) if {
	count(granted) == 0
}

permits(u) if count(granting(u)) > 0

# The role that an allowing answer names: the first by name.
by_role := min(granted)

granted := granting(input.user)

granting(u) := {role |
	some role in u.roles
	some pattern in patterns
	within(config.rights[role][pattern], u)
} | scoped(u)

# Roles that know the action, though perhaps not on this object.
named := {role |
	some role in input.user.roles
	some pattern in patterns
	config.rights[role][pattern]
}

scoped(u) := {role |
	some role in u.roles
	config.by_scope[role]
	some scope in u.scopes
	scope in [input.action, area]
}

patterns := [input.action, area, "*"]

area := concat("", [split(input.action, ":")[0], ":*"])

within(right, u) if {
	up_to(right, u)
	mine(right, u)
}

up_to(right, _) if not right.up_to

up_to(right, _) if at_most(right.up_to)

up_to(right, u) if {
	at_most(right.manager_up_to)
	request.manages(u)
}

at_most(level) if data.sark_config.levels[request.level] <= data.sark_config.levels[level]

mine(right, _) if not right.own

mine(right, u) if {
	right.own
	request.owns(u)
}
