# Facts about the request that several concerns share.
package sark.request

import data.sark_config as config

# Only a request of this form is judged at all; every other one meets the
# default answer. A wrong type must never make a denial undefined.
well_formed if {
	principal(input.user)
	is_boolean(input.user.agent)
	is_action(input.action)
	is_number(input.request.time_ns)
	is_object(tool)
	is_object(server)
	is_object(parameters)
	is_object(context)
	resource_formed
}

principal(u) if {
	is_string(u.id)
	u.id != ""
	is_array(u.roles)
	is_array(object.get(u, "teams", []))
	is_array(object.get(u, "managed_teams", []))
	is_array(object.get(u, "scopes", []))
}

# [a-z0-9_]+(:[a-z0-9_]+)+ without the price of a regular expression: trimming
# stops at the first character that may not be there.
is_action(action) if {
	trim(action, "abcdefghijklmnopqrstuvwxyz0123456789_:") == ""
	contains(action, ":")
	not contains(action, "::")
	not startswith(action, ":")
	not endswith(action, ":")
}

resource_formed if not input.resource == input.resource

resource_formed if is_string(input.resource)

resource_formed if is_object(input.resource)

tool := object.get(input, "tool", {})

server := object.get(input, "server", {})

parameters := object.get(input, "parameters", {})

context := object.get(input, "context", {})

# An action means itself and all that is named below it.
is(action) if input.action == action

is(action) if startswith(input.action, concat("", [action, ":"]))

is_area(area) if startswith(input.action, concat("", [area, ":"]))

# What is acted on: the tool where there is one, else the server.
object_acted_on := tool if {
	count(tool) > 0
} else := server

level := sensitivity if {
	sensitivity := object_acted_on.sensitivity
	config.levels[sensitivity]
} else := "critical" if {
	# The registry always knows a level; one we cannot read is the worst.
	count(object_acted_on) > 0
} else := "high" if {
	named_by_nobody
} else := "low"

named_by_nobody if is("tool:invoke")

named_by_nobody if is("server:register")

owns(u) if object_acted_on.owner == u.id

in_team(u) if {
	team := object_acted_on.team
	is_string(team)
	team != ""
	some mine in object.get(u, "teams", [])
	mine == team
}

manages(u) if {
	team := object_acted_on.team
	is_string(team)
	team != ""
	some mine in object.get(u, "managed_teams", [])
	mine == team
}

is_admin(u) if "admin" in u.roles

# Whole seconds until then, rounded down: a cached answer may end early only.
seconds_until(then_ns) := floor((then_ns - input.request.time_ns) / 1000000000)
