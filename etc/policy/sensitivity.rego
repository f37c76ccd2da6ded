# The more an object can harm, the closer to it one must be.
package sark.sensitivity

import data.sark.request
import data.sark_config.sensitivity as config

deny := concat("", [request.level, " needs ", needed[request.level]]) if {
	not permits(input.user)
} else := "critical needs multi-factor authentication" if {
	request.level == "critical"
	not input.user.mfa == true
} else := "the multi-factor authentication is too old" if {
	request.level == "critical"
	not fresh
}

needed := {
	"medium": "the role developer, service or admin",
	"high": "the owner, a member of the team or an admin",
	"critical": "a manager of the team or an admin",
}

permits(_) if request.level == "low"

permits(u) if {
	request.level == "medium"
	ranked(u)
}

permits(u) if {
	request.level == "high"
	ranked(u)
	close(u)
}

permits(u) if {
	request.level == "critical"
	request.is_admin(u)
}

permits(u) if {
	request.level == "critical"
	request.manages(u)
}

ranked(u) if {
	some role in u.roles
	config.roles[role]
}

close(u) if request.is_admin(u)

close(u) if request.owns(u)

close(u) if request.in_team(u)

close(u) if request.manages(u)

fresh if {
	age := input.user.mfa_age
	is_number(age)
	age >= 0
	age <= config.mfa_max_age
}

# An answer that rests on the age of the authentication ends with it; a new
# authentication counts at once.
expires_in := 0 if {
	rests_on_age
	not fresh
} else := floor(config.mfa_max_age - input.user.mfa_age) if {
	rests_on_age
}

rests_on_age if {
	request.level == "critical"
	input.user.mfa == true
	permits(input.user)
}
