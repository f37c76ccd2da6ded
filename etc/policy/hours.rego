# When: what is critical, and deleting a server, only in working hours. The
# only clock is input.request.time_ns, so that a decision can be repeated.
package sark.hours

import data.sark.request
import data.sark_config.hours as config

deny := reason if {
	closed
	not emergency
	reason := refusal
}

refusal := "high needs multi-factor authentication outside the working hours" if {
	not bound
} else := concat("", ["outside the working hours or in maintenance: ", input.action, " on a ", request.level, " object"])

# The engine remembers what is defined only; so these always are.
default closed := false

default overridden := false

default reads_clock := false

default bound := false

closed if {
	reads_clock
	not open
}

overridden if {
	closed
	emergency
}

reads_clock if bound

# With MFA the hour makes no difference to what is high.
reads_clock if {
	request.level == "high"
	not input.user.mfa == true
}

bound if request.level == "critical"

bound if {
	some action in config.actions
	request.is(action)
}

open if {
	config.days[time.weekday([input.request.time_ns, config.zone])]
	second_of_day >= from
	second_of_day < to
	not in_maintenance
}

in_maintenance if {
	some window in config.maintenance
	input.request.time_ns >= time.parse_rfc3339_ns(window.from)
	input.request.time_ns < time.parse_rfc3339_ns(window.to)
}

# A person of a listed role says why and who agreed. Agents have no emergencies.
emergency if {
	input.user.agent == false
	not input.user.on_behalf_of
	some role in input.user.roles
	config.emergency_roles[role]
	trim_space(request.context.emergency.reason) != ""
	approver := trim_space(request.context.emergency.approver)
	approver != ""
	approver != input.user.id
	approver != object.get(input.user, "username", "")
}

obligation := {
	"type": "notification",
	"severity": "critical",
	"subject": "emergency override of the working hours",
	"reason": request.context.emergency.reason,
	"approver": request.context.emergency.approver,
}

second_of_day := ((clock[0] * 3600) + (clock[1] * 60)) + clock[2] if {
	clock := time.clock([input.request.time_ns, config.zone])
}

from := seconds(config.from)

to := seconds(config.to)

seconds(hhmm) := (to_number(parts[0]) * 3600) + (to_number(parts[1]) * 60) if {
	parts := split(hhmm, ":")
}

# Until the answer could change. A zone changes its offset on a quarter of an
# hour, so no answer outlives the quarter it was given in.
expires_in := 0 if {
	overridden
} else := min(edges) if {
	reads_clock
}

edges contains seconds_left(edge) if {
	some edge in [from, to, (floor(second_of_day / 900) + 1) * 900]
	edge > second_of_day
}

edges contains left if {
	some window in config.maintenance
	some edge in [window.from, window.to]
	ends := time.parse_rfc3339_ns(edge)
	ends > input.request.time_ns
	left := request.seconds_until(ends)
}

# One less within a second that has begun.
seconds_left(edge) := (edge - second_of_day) - begun

begun := min([1, input.request.time_ns % 1000000000])
