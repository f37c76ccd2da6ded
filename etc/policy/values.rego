# Whether the values mean what they say. A name in data.json that nobody reads
# or a range that is none would switch a denial off without a word; so
# sark-policy-build asks, with the empty input, before it installs them.
package sark.values

import data.sark_config as config

wrong := concat("; ", sort(problems)) if count(problems) > 0

areas := {
	"cache": {"longest"},
	"levels": {"low", "medium", "high", "critical"},
	"status": {"blocked"},
	"rbac": {"rights", "by_scope"},
	"sensitivity": {"roles", "mfa_max_age"},
	"hours": {"zone", "days", "from", "to", "actions", "maintenance", "emergency_roles"},
	"network": {"block", "allow", "private"},
	"parameters": {"high", "critical"},
	"guard": {"read_words", "patterns"},
	"agents": {"max_depth", "approving", "may_call", "environments", "known"},
	"approval": {"not_needed"},
}

lists := {"hours.actions", "hours.maintenance", "network.block", "network.allow", "network.private", "guard.patterns"}

objects := {
	"status.blocked", "rbac.rights", "rbac.by_scope", "sensitivity.roles", "hours.days", "hours.emergency_roles",
	"parameters.high", "parameters.critical", "guard.read_words",
	"agents.approving", "agents.may_call", "agents.environments", "agents.known", "approval.not_needed",
}

weekdays := {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

names(value) := object.keys(value) if is_object(value)

names(value) := set() if not is_object(value)

paths[concat(".", [area, name])] := value if {
	some area in object.keys(areas)
	some name, value in config[area]
}

problems contains sprintf("%s is not known", [area]) if some area in (names(config) - names(areas))

problems contains sprintf("%s.%s is missing", [area, name]) if {
	some area, known in areas
	some name in (known - names(object.get(config, area, {})))
}

problems contains sprintf("%s.%s is not known", [area, name]) if {
	some area, known in areas
	some name in (names(object.get(config, area, {})) - known)
}

problems contains sprintf("%s is no list", [path]) if {
	some path in lists
	not is_array(object.get(paths, path, []))
}

problems contains sprintf("%s is no object", [path]) if {
	some path in objects
	not is_object(object.get(paths, path, {}))
}

problems contains sprintf("network.%s: %v is no range in CIDR form", [name, range]) if {
	some name, ranges in config.network
	some range in ranges
	not is_range(range)
}

is_range(range) if net.cidr_is_valid(range)

problems contains sprintf("hours.days: %s is no day", [day]) if some day in (names(config.hours.days) - weekdays)

problems contains sprintf("hours.zone: %v is no time zone", [config.hours.zone]) if not time.clock([0, config.hours.zone])

problems contains sprintf("hours.%s: %v is no time like 09:00", [name, config.hours[name]]) if {
	some name in ["from", "to"]
	not is_time(config.hours[name])
}

is_time("24:00")

is_time(text) if {
	count(text) == 5
	time.parse_rfc3339_ns(concat("", ["2000-01-01T", text, ":00Z"]))
}

problems contains sprintf("hours.maintenance: %v has no from before its to", [window]) if {
	some window in config.hours.maintenance
	not is_window(window)
}

is_window(window) if time.parse_rfc3339_ns(window.from) < time.parse_rfc3339_ns(window.to)

problems contains sprintf("rbac.rights.%s: %s: %v is no limit", [role, action, name]) if {
	some role, rights in config.rbac.rights
	some action, limits in rights
	some name in (names(limits) - {"up_to", "manager_up_to", "own"})
}

problems contains sprintf("rbac.rights.%s: %s: %v is no level", [role, action, limits[name]]) if {
	some role, rights in config.rbac.rights
	some action, limits in rights
	some name in ({"up_to", "manager_up_to"} & names(limits))
	not config.levels[limits[name]]
}

problems contains sprintf("guard.patterns: %s is not known", [name]) if {
	some pattern in config.guard.patterns
	some name in (names(pattern) - {"name", "parameters", "read_actions_only", "contains", "phrases"})
}
