package sark.sensitivity_test

import data.sark.example
import data.sark.sensitivity

permits(level, change) if sensitivity.permits(object.union({"id": "u", "roles": ["developer"]}, change)) with input as {
	"action": "tool:invoke",
	"tool": {"sensitivity": level, "owner": "u-olga", "team": "web"},
}

test_low if {
	every role in ["viewer", "operator", "security_officer", "service", "developer", "admin"] {
		permits("low", {"roles": [role]})
	}
}

test_medium if {
	every role in ["service", "developer", "admin"] {
		permits("medium", {"roles": [role]})
	}
	every role in ["viewer", "operator", "security_officer"] {
		not permits("medium", {"roles": [role]})
	}
	example.denied_by("sensitivity", {"user": {"roles": ["viewer"]}, "action": "tool:discover"})
}

test_high if {
	every change in [{"id": "u-olga"}, {"teams": ["x", "web"]}, {"managed_teams": ["web"]}, {"roles": ["admin"]}] {
		permits("high", change)
	}
	every change in [{}, {"teams": ["Web"]}, {"id": "u-olga", "roles": ["viewer"]}, {"teams": ["web"], "roles": ["operator"]}] {
		not permits("high", change)
	}
	example.denied_by("sensitivity", {"user": {"teams": []}, "tool": {"sensitivity": "high"}})
}

test_critical_who if {
	permits("critical", {"managed_teams": ["web"]})
	permits("critical", {"roles": ["admin"]})
	every change in [{}, {"id": "u-olga"}, {"teams": ["web"]}, {"managed_teams": ["hr"]}] {
		not permits("critical", change)
	}
}

test_critical_service_of_the_team if {
	service := {"roles": ["service"], "scopes": ["tool:invoke"]}
	example.denied_by("sensitivity", {"user": service, "tool": {"sensitivity": "critical"}})
	example.ask({"user": service, "tool": {"sensitivity": "critical"}}).cache_ttl == 600
	example.allowed({"user": object.union(service, example.manager), "tool": {"sensitivity": "critical"}})
}

test_mfa if {
	every age in [0, 60, 3599, 3600] {
		answer := example.ask({"user": object.union(example.manager, {"mfa_age": age}), "tool": {"sensitivity": "critical"}})
		answer.allow
		answer.cache_ttl == min([3600 - age, 900])
	}
	every age in [3601, 3600.5, -1, "60", null, true] {
		answer := example.ask({"user": object.union(example.manager, {"mfa_age": age}), "tool": {"sensitivity": "critical"}})
		answer.rule == "sensitivity"
		answer.cache_ttl == 0
	}
	every mfa in [false, "true", 1, null] {
		example.denied_by("sensitivity", {"user": object.union(example.manager, {"mfa": mfa}), "tool": {"sensitivity": "critical"}})
	}
}
